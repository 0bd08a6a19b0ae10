import { nextLines } from '../../base/lines.ts';
import { decodeSample, systemFile } from '../../record/index.ts';
import { legalKey } from './names.ts';
import type { RemoteRun } from './remote-run.ts';
import { type Metric, metric } from './values.ts';

/** Sends what is new of how busy the machine was; MLflow shows what begins with `system/` in a tab of its own, over the time. */
export async function sendSystemMetrics(remote: RemoteRun, runDir: string): Promise<void> {
  for (;;) {
    const sent = remote.sent.system ?? { bytes: 0, samples: 0 };
    const { lines, position } = await nextLines(systemFile(runDir), sent.bytes);
    if (position === sent.bytes) return;
    let { samples } = sent;
    const points: Metric[] = [];
    for (const { text } of lines) {
      const sample = text === undefined ? undefined : decodeSample(text);
      if (!sample) continue;
      for (const [name, value] of Object.entries(sample.values))
        points.push(metric(legalKey(`system/${name}`), value, sample.time, samples));
      samples++;
    }
    await remote.logMetrics(points);
    remote.sent.system = { bytes: position, samples };
    remote.save();
  }
}
