import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { Turns } from '../../../src/tensor/onednn/turns.ts';
import { temporaryFolder } from '../../support/program.ts';

const skip = process.platform === 'linux' ? false : 'the engine oneDNN is for Linux';
const module = new URL('../../../src/tensor/onednn/turns.ts', import.meta.url).href;

/** Another process, which takes turns in a folder as a script says and prints a line for each of its words. */
function other(t: TestContext, folder: string, script: string) {
  const code = `import { Turns } from ${JSON.stringify(module)};
    import { setTimeout as sleep } from 'node:timers/promises';
    const turns = Turns.open(2, 2, ${JSON.stringify(folder)});
    const say = (word) => process.stdout.write(word + ' ' + process.hrtime.bigint() + '\\n');
    ${script}`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, next: async () => ((await lines.next()).value as string).split(' ') };
}

test('a process that needs half of the cores or less, or one, takes no turns', { skip }, () => {
  assert.equal(Turns.open(1, 1), undefined);
  assert.equal(Turns.open(1, 2), undefined);
  assert.equal(Turns.open(4, 8), undefined);
});

test('two processes take turns: never both, and neither twice while the other waits', { skip }, async (t) => {
  const folder = await temporaryFolder(t);
  const script = `
    for (let i = 0; i < 12; i++) { await turns.take(); say('begin'); await sleep(8); say('end'); turns.pass(); }
    say('done'); await sleep(60_000);`;
  const each = await Promise.all(
    [0, 1].map(async (who) => {
      const { next } = other(t, folder, script);
      const found: Array<{ who: number; word: string; time: bigint }> = [];
      for (;;) {
        const [word, time] = await next();
        if (word === 'done') return found;
        found.push({ who, word: word!, time: BigInt(time!) });
      }
    }),
  );
  const all = each.flat().sort((a, b) => (a.time < b.time ? -1 : 1));
  for (let i = 0; i < all.length; i += 2) {
    assert.deepEqual([all[i]!.word, all[i + 1]!.word], ['begin', 'end']);
    assert.equal(all[i]!.who, all[i + 1]!.who);
  }
  // While both were there: they may have started at different times.
  const owners = all.filter(({ word }) => word === 'begin').map(({ who }) => who);
  const both = owners.slice(
    Math.max(owners.indexOf(0), owners.indexOf(1)),
    Math.min(owners.lastIndexOf(0), owners.lastIndexOf(1)),
  );
  for (let i = 2; i < both.length; i++) assert.notEqual(both[i], both[i - 1], owners.join(''));
});

test('the turn of a process that was killed is free; one that is stopped is waited for once', {
  skip,
}, async (t) => {
  const folder = await temporaryFolder(t);
  const holder = other(t, folder, `await turns.take(); say('holds'); await sleep(60_000);`);
  await holder.next();
  const turns = Turns.open(2, 2, folder)!;
  t.after(() => turns.close());
  const started = performance.now();
  await turns.take(200);
  assert.ok(performance.now() - started >= 200);
  turns.pass();
  await turns.take(1e9);
  turns.pass();
  holder.child.kill('SIGKILL');
  await once(holder.child, 'exit');
  const fresh = Turns.open(2, 2, folder)!;
  t.after(() => fresh.close());
  await fresh.take(1e9);
  fresh.pass();
});

test('where its files are someone’s links, no turns are taken', { skip }, async (t) => {
  const folder = await temporaryFolder(t);
  Turns.open(2, 2, folder)!.close();
  const elsewhere = await temporaryFolder(t);
  for (const name of readdirSync(folder)) symlinkSync(join(folder, name), join(elsewhere, name));
  assert.equal(Turns.open(2, 2, elsewhere), undefined);
});
