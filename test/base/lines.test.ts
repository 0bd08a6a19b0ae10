import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  endOf,
  followLines,
  type Line,
  LineSplitter,
  LineWriter,
  lineNumber,
  linesOf,
  nextLines,
  parseLine,
  readLines,
} from '../../src/base/lines.ts';
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

test('a crash at any byte loses the torn line only, and the next writer continues after it', async (t) => {
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
  for (const line of ['null', '[1]', '"text"', '3', 'true', '{"a":', '', ' '])
    assert.equal(parseLine(line), undefined);
  assert.deepEqual(parseLine('{"a":1}'), { a: 1 });
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
    for await (const { text } of followLines(file, { signal: stop.signal })) seen.push(JSON.parse(text!));
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
  // In the middle of a line, whose rest is no object.
  const from = endOf(file);
  const following = (async () => {
    const seen: object[] = [];
    for await (const { text } of followLines(file, { signal: stop.signal, from }))
      seen.push(parseLine(text!) ?? {});
    return seen;
  })();
  appendFileSync(file, '\n{"n":3}\n{"n":4}');
  stop.abort();
  assert.deepEqual(await following, [{}, { n: 3 }, { n: 4 }]);
  assert.equal(endOf(`${file}.absent`), 0);
  assert.match(readFileSync(file, 'utf8'), /torn\n/);
});

test('bare NaN and infinities are read as the record spells them, wherever they are not in a text', () => {
  const json = '{"a":NaN,"b":[-Infinity, Infinity],"text":"NaN \\" Infinity, \\\\","c":{"NaN":NaN}}';
  assert.deepEqual(parseLine(json), {
    a: 'NaN',
    b: ['-Infinity', 'Infinity'],
    text: 'NaN " Infinity, \\',
    c: { NaN: 'NaN' },
  });
  for (const broken of ['{"a":xNaN}', '{"a":--Infinity}', '{"a":NaN', '{"NaN', '{"a\\'])
    assert.equal(parseLine(broken), undefined);
  // As Python writes them: the same text with the constants bare.
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom('NaN', 'Infinity', '-Infinity'), (value, word) => {
      const whole = JSON.stringify({ value, word });
      assert.deepEqual(parseLine(whole.replace(new RegExp(`"${word}"}$`), `${word}}`)), JSON.parse(whole));
    }),
  );
});

test('lines are the same in whatever pieces the bytes come, with their places; one that is too long is skipped to its end', () => {
  const longest = 50;
  const text = fc.array(
    fc.oneof(
      fc.string(),
      fc.nat(120).map((n) => 'é'.repeat(n)),
    ),
    { maxLength: 10 },
  );
  fc.assert(
    fc.property(text, fc.infiniteStream(fc.integer({ min: 1, max: 40 })), (parts, sizes) => {
      const lines = parts.map((part) => part.replaceAll('\n', ' '));
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      const splitter = new LineSplitter(7, longest);
      const found: Line[] = [];
      for (let at = 0; at < bytes.length; ) {
        const size = sizes.next().value!;
        found.push(...splitter.push(bytes.subarray(at, at + size)));
        at += size;
      }
      assert.equal(splitter.rest(), undefined);
      assert.equal(found.length, lines.length);
      for (const [i, { text, start, end }] of found.entries()) {
        const expected = Buffer.from(lines[i]!);
        assert.equal(text, expected.length > longest ? undefined : expected.toString());
        assert.equal(end - start, expected.length + 1);
        assert.ok(bytes.subarray(start - 7, end - 8).equals(expected));
      }
    }),
  );
});

test('a long line takes the memory of a piece, and what follows it is read', async (t) => {
  const file = join(await temporaryFolder(t), 'lines');
  writeFileSync(file, '{"n":1}\n');
  for (let i = 0; i < 40; i++) appendFileSync(file, Buffer.alloc(1 << 20, 'x'));
  appendFileSync(file, '\n{"n":2}\n{"n":3');
  const lines = [...linesOf(file)];
  assert.deepEqual(
    lines.map(({ text }) => text),
    ['{"n":1}', undefined, '{"n":2}', '{"n":3'],
  );
  assert.deepEqual(
    lines.map(({ start }) => lineNumber(file, start)),
    [1, 2, 3, 4],
  );
  assert.deepEqual(readLines(file), [{ n: 1 }, { n: 2 }]);
  const first = await nextLines(file, 0);
  assert.deepEqual([first.lines.map(({ text }) => text), first.position], [['{"n":1}'], 8]);
  const second = await nextLines(file, first.position);
  assert.deepEqual(
    second.lines.map(({ text }) => text),
    [undefined, '{"n":2}'],
  );
  const third = await nextLines(file, second.position);
  assert.deepEqual([third.lines, third.rest?.text, third.position], [[], '{"n":3', second.position]);
  // One that was made anew, and is shorter.
  writeFileSync(file, '{"n":4}\n');
  assert.deepEqual((await nextLines(file, second.position)).lines[0]!.text, '{"n":4}');
  assert.deepEqual(await nextLines(`${file}.absent`, 0), { lines: [], position: 0 });
});
