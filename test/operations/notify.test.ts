import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { runNotice } from '../../src/operations/notices.ts';
import { notifier } from '../../src/operations/notify.ts';

/** A server that answers with these codes in turn, the last for ever, and keeps what it got. */
async function webhook(t: TestContext, codes: readonly number[]) {
  const got: { path: string; body: Record<string, unknown> }[] = [];
  const server = createServer((request, answer) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      got.push({ path: request.url!, body: JSON.parse(Buffer.concat(parts).toString()) });
      answer.writeHead(codes[Math.min(got.length, codes.length) - 1]!, { location: 'http://127.0.0.1:1/' });
      answer.end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T0/secret` };
}

function reporter() {
  const notes: string[] = [];
  const warnings: string[] = [];
  return {
    notes,
    warnings,
    note: (line: string) => notes.push(line),
    warning: ({ code, message }: { code: string; message: string }) => warnings.push(`${code}: ${message}`),
  };
}

const ended = { run: 'a/b-1', seconds: 61, metrics: { 'test/combined': 0.81234 } };
const finished = runNotice({ ...ended, status: 'finished' })!;
const failed = runNotice({
  ...ended,
  status: 'failed',
  failure: { class: 'nan', message: 'The loss is NaN.' },
})!;
// biome-ignore lint/suspicious/noTemplateCurlyInString: as a spec has it.
const url = '${HOOK}';

test('a webhook gets a small JSON with a text; the address is read from the environment and never told', async (t) => {
  const { got, url: address } = await webhook(t, [503, 429, 200]);
  const report = reporter();
  const send = notifier(
    { notify: { url, on: ['finished'] } },
    { report, env: { HOOK: address }, waits: [0, 1, 1, 1] },
  );
  await send(finished);
  await send(failed);
  assert.equal(got.length, 3);
  assert.deepEqual(got[2], {
    path: '/services/T0/secret',
    body: {
      text: 'a/b-1 finished after 1 min 01 s: test/combined 0.8123',
      event: 'finished',
      kind: 'run',
      name: 'a/b-1',
      status: 'finished',
      seconds: 61,
      metrics: { 'test/combined': 0.81234 },
    },
  });
  assert.deepEqual([report.notes, report.warnings], [[], []]);
});

test('what is not delivered is a note without the secret, soon', async (t) => {
  for (const [codes, tries, reason] of [
    [[404], 1, 'answers 404'],
    [[500], 3, 'answers 500'],
    [[302], 1, 'answers 302'],
  ] as const) {
    const { got, url: address } = await webhook(t, codes);
    const report = reporter();
    const notify = { url, on: ['finished' as const, 'failed' as const] };
    await notifier({ notify }, { report, env: { HOOK: address }, waits: [0, 1, 1] })(failed);
    assert.equal(got.length, tries);
    assert.match(got[0]!.body.text as string, /failed after .*: nan: The loss is NaN\./);
    assert.match(report.notes.join(), new RegExp(`^Nobody was notified by 127.0.0.1:\\d+: .*${reason}`));
    assert.doesNotMatch(report.notes.join(), /secret/);
  }
  const report = reporter();
  const closed = { HOOK: 'http://127.0.0.1:1/secret' };
  const send = notifier(
    { notify: { url, on: ['failed'] } },
    { report, env: closed, waits: [0, 60_000], patience: 100 },
  );
  const begun = performance.now();
  await send(failed);
  assert.ok(performance.now() - begun < 5000);
  assert.match(report.notes.join(), /[^e] in time\.$/);
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close().closeAllConnections());
  const hanging = { HOOK: `http://127.0.0.1:${(silent.address() as AddressInfo).port}/secret` };
  const quiet = reporter();
  await notifier({ notify: { url, on: ['failed'] } }, { report: quiet, env: hanging, patience: 100 })(failed);
  assert.match(quiet.notes.join(), /: no answer in time\.$/);
});

test('an address that is not there is a warning before anything runs', () => {
  for (const env of [{}, { HOOK: 'no address' }, { HOOK: 'file:///etc/passwd' }]) {
    const report = reporter();
    notifier({ notify: { url, on: ['failed'] } }, { report, env });
    assert.match(report.warnings.join(), /^notify-unset: Nobody is notified/);
    assert.doesNotMatch(report.warnings.join(), /passwd/);
  }
  const report = reporter();
  notifier({}, { report });
  assert.deepEqual(report.warnings, []);
});

test('a run that was stopped is no news', () => {
  assert.equal(runNotice({ ...ended, status: 'stopped' }), undefined);
});
