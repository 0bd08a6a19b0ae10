import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { watchReport } from '../../src/operations/index.ts';
import { openEvents } from '../../src/record/index.ts';
import { makeRun, runsFolder, usualEpochs } from '../report/support/records.ts';

test('a report that is served follows the record, for this machine alone', async (t) => {
  const runs = runsFolder(t);
  const dir = makeRun({ runs, epochs: usualEpochs(2) });
  const served = await watchReport('made', { runs, note: (line) => assert.fail(line) });
  t.after(() => served.close());
  const { url } = served;
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
  const get = async (path: string) => (await fetch(new URL(path, url))).text();
  const before = JSON.parse(await get('state'));
  const page = await get('/');
  assert.ok(page.includes("connect-src 'self'") && page.includes(`data-version="${before.version}"`));
  // Nothing was written: the run is still being written by others.
  assert.ok(!page.includes('href="./artifacts'));
  const events = openEvents(dir);
  events.metric({ step: 30, epoch: 3, values: { 'val/combined': 0.987 } });
  events.close();
  const after = JSON.parse(await get('state'));
  assert.notEqual(after.version, before.version);
  assert.match(await get('page'), /0\.9870/);
  assert.equal((await fetch(new URL('other', url))).status, 404);
  const foreign = await new Promise<number>((resolve) => {
    request(url, { headers: { host: 'evil.example' } }, (answer) => resolve(answer.statusCode!)).end();
  });
  assert.equal(foreign, 403);
  await assert.rejects(
    watchReport('made', { runs, port: Number(new URL(url).port) }),
    (error: { code?: string }) => error.code === 'report-watch',
  );
});
