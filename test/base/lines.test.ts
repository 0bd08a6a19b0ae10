import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { endOf, followLines, LineWriter, parseLines, readLines } from '../../src/base/lines.ts';
import { temporaryFolder } from '../support/program.ts';

const objects = fc.array(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.constant(null))));

/** As JSON gives it back: a dictionary may have a key that JSON.parse treats in its own way. */
const asJson = (value: unknown) => JSON.parse(JSON.stringify(value));

test('what was written is read', async (t) => {
  const folder = await temporaryFolder(t);
  let n = 0;
  await fc.assert(
    fc.asyncProperty(objects, async (values) => {
      const file = join(folder, String(n++));
      const writer = new LineWriter(file);
      for (const value of values) writer.write(value);
      writer.sync();
      writer.close();
      assert.deepEqual(readLines(file), asJson(values));
    }),
    { numRuns: 50 },
  );
});

test('a crash at any byte loses the torn line only, and the next writer goes on after it', async (t) => {
  const folder = await temporaryFolder(t);
  let n = 0;
  const cases = fc.tuple(
    fc.array(fc.record({ text: fc.string(), more: fc.array(fc.string()) }), { minLength: 1 }),
    fc.nat(),
  );
  await fc.assert(
    fc.asyncProperty(cases, async ([values, at]) => {
      const file = join(folder, String(n++));
      const bytes = Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
      const kept = bytes.subarray(0, at % (bytes.length + 1));
      writeFileSync(file, kept);
      const whole = values.filter((_, i) => {
        const end = Buffer.byteLength(
          values
            .slice(0, i + 1)
            .map((value) => `${JSON.stringify(value)}\n`)
            .join(''),
        );
        // The line counts also where only its newline is missing.
        return end - 1 <= kept.length;
      });
      assert.deepEqual(readLines(file), asJson(whole));
      const writer = new LineWriter(file);
      writer.write({ after: 'the crash' });
      writer.close();
      assert.deepEqual(readLines(file), [...asJson(whole), { after: 'the crash' }]);
    }),
    { numRuns: 200 },
  );
});

test('garbage is left out, whatever it is, and swallows no line', async (t) => {
  const folder = await temporaryFolder(t);
  let n = 0;
  const garbage = fc
    .uint8Array({ maxLength: 200 })
    .map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 10)));
  await fc.assert(
    fc.asyncProperty(fc.array(garbage), async (pieces) => {
      const file = join(folder, String(n++));
      const lines = pieces.flatMap((piece, i) => [piece, Buffer.from(`\n{"n":${i}}\n`)]);
      writeFileSync(file, Buffer.concat(lines));
      const found = readLines(file) as { n?: number }[];
      assert.deepEqual(
        found.map(({ n }) => n).filter((n) => n !== undefined),
        pieces.map((_, i) => i),
      );
    }),
    { numRuns: 100 },
  );
  assert.deepEqual(parseLines('null\n[1]\n"text"\n3\ntrue\n{"a":1}\n{"a":\n{}'), [{ a: 1 }, {}]);
  assert.deepEqual(readLines(join(folder, 'absent')), []);
  writeFileSync(join(folder, 'empty'), '');
  assert.deepEqual(readLines(join(folder, 'empty')), []);
});

test('a closed writer says so', async (t) => {
  const writer = new LineWriter(join(await temporaryFolder(t), 'lines'));
  writer.close();
  writer.close();
  assert.throws(() => writer.write({}), /closed/);
});

test('followers see whole lines only, each once and in order, in whatever pieces they are written', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'lines');
  const values = Array.from({ length: 200 }, (_, n) => ({ n, text: 'ü€😀'.repeat(n % 7) }));
  const bytes = Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
  const stop = new AbortController();
  const followers = [0, 1, 2].map(async () => {
    const seen: object[] = [];
    for await (const line of followLines(file, { signal: stop.signal })) seen.push(line);
    return seen;
  });
  for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 7) % 101) {
    appendFileSync(file, bytes.subarray(at, at + size));
    if (size % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  stop.abort();
  for (const seen of await Promise.all(followers)) assert.deepEqual(seen, values);
});

test('a follower can begin at the end of what is there, and reads a last line without its end when it is told to stop', async (t) => {
  const file = join(await temporaryFolder(t), 'lines');
  writeFileSync(file, '{"n":1}\n{"n":2}\n{"torn');
  const stop = new AbortController();
  const from = endOf(file);
  const following = (async () => {
    const seen: object[] = [];
    for await (const line of followLines(file, { signal: stop.signal, from })) seen.push(line);
    return seen;
  })();
  appendFileSync(file, '\n{"n":3}\n{"n":4}');
  stop.abort();
  assert.deepEqual(await following, [{ n: 3 }, { n: 4 }]);
  assert.equal(endOf(`${file}.absent`), 0);
  assert.match(readFileSync(file, 'utf8'), /torn\n/);
});
