import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { runOf, writeExperiment } from '../support/external.ts';
import { binary, facecom, temporaryFolder } from '../support/program.ts';
import { onTerminal, withoutTerminal } from '../support/terminal.ts';

/** Runs a command on a terminal, types an answer to its question, prints what was written there and exits as the command did. */
const ANSWER = onTerminal({
  first: 2,
  start: 'answer = sys.argv[1].encode()',
  each: `if answer and b'[y/N]' in text:
    os.write(fd, answer)
    answer = b''`,
});

test('a question on a terminal: only y is yes, Ctrl-D is no answer, Ctrl-C an interruption', {
  skip: withoutTerminal,
}, async (t) => {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(cwd, 'finish');
  await facecom(['run', spec, '--quiet'], { cwd });
  const { dir } = runOf(cwd);
  for (const [answer, code, words] of [
    ['n\r', 1, /Nothing was deleted/],
    ['\u0004', 1, /Nothing was deleted/],
    ['\u0003', 130, /Interrupted/],
    ['y\r', 0, /[Dd]eleted/],
  ] as const) {
    const args = ['-c', ANSWER, answer, process.execPath, binary, 'rm', dir];
    const { status, stdout } = spawnSync('python3', args, {
      cwd,
      timeout: 60_000,
      env: { ...process.env, TERM: 'xterm', NO_COLOR: '1', FACECOM_MLFLOW: 'off' },
    });
    const text = stdout.toString();
    assert.equal(status, code, text);
    assert.match(text, words);
    assert.doesNotMatch(text, /unsettled|\n +at /);
    assert.equal(existsSync(dir), code !== 0, text);
  }
});
