import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { resultsCsv, resultsMarkdown, resultsTable } from '../../src/cli/terminal/result-rows.ts';
import { compare, diff, results } from '../../src/operations/index.ts';
import { writeManifest } from '../../src/record/index.ts';
import { makeRun, runsFolder } from '../report/support/records.ts';

/** Two points of three seeds, one of a name that a spreadsheet or a table would take for something else. */
function makeSweep(runs: string): void {
  const trials = ['=1+1|<b>', 'plain'].flatMap((name, point) =>
    [0, 1, 2].map((repeat) => {
      const id = `ffff000000${point}${repeat}`;
      makeRun({
        ...{ runs, name: 'table', trial: id, config: { seed: repeat, tags: { name } } },
        final: {
          'val/combined': 0.9 + point / 20 + repeat / 100,
          'test/gender_accuracy': 0.98 + repeat / 100,
        },
      });
      return { id, axes: { 'tags.name': name }, seed: repeat, point, repeat };
    }),
  );
  writeManifest(join(runs, 'table'), {
    ...{ version: 1, sweep: 'table', spec: '/s', set: [], cwd: '/', time: 1, repeats: 3, trials },
    objective: { metric: 'val/combined', mode: 'max' },
  });
}

test('results as CSV, Markdown and a table: means over seeds with intervals that stay within a score’s range', async (t) => {
  const runs = runsFolder(t);
  makeSweep(runs);
  const found = await results('table', { runs });
  assert.deepEqual(found.metrics, ['val/combined', 'test/gender_accuracy']);
  const rows = parse(resultsCsv(found), { columns: true }) as Record<string, string>[];
  assert.deepEqual(
    rows.map((row) => [row.rank, row['tags.name'], row.finished, row.seeds, row.run]),
    [
      ['1', 'plain', '3', '0 1 2', 'ffff00000010-1'],
      ['2', "'=1+1|<b>", '3', '0 1 2', 'ffff00000000-1'],
    ],
  );
  assert.ok(Math.abs(Number(rows[0]!['val/combined']) - 0.96) < 1e-12);
  assert.equal(rows[0]!['test/gender_accuracy high'], '1');
  const markdown = resultsMarkdown(found).split('\n');
  assert.equal(markdown[0], '|  | tags.name | val/combined | test/gender\\_accuracy | seeds | run |');
  assert.match(markdown[3]!, /\| =1\+1\\\|&lt;b\\> \| 0\.9100 ± 0\.0248 \|/);
  assert.match(
    resultsTable(found),
    /name=plain has the best val\/combined[\s\S]*better than the second, name==1\+1\|<b>, by 0\.050/,
  );
  const trials = await results('table', { runs, trials: true, metrics: ['test/*'] });
  assert.deepEqual([trials.rows.length, trials.rows[0]!.trials], [6, 1]);
  await assert.rejects(
    results('table', { runs, metrics: ['nothing'] }),
    (error: { code?: string }) => error.code === 'metric-unknown',
  );
});

test('a run is compared with its other seeds, a sweep by its best point, configs value by value', async (t) => {
  const runs = runsFolder(t);
  makeSweep(runs);
  const { sides, metrics, config } = await compare(['table/ffff00000000', 'table'], { runs });
  assert.deepEqual(
    sides.map(({ name, runs: seeds }) => [name, seeds.length]),
    [
      ['table name==1+1|<b>', 3],
      ['table name=plain', 3],
    ],
  );
  assert.match(
    metrics.find(({ metric }) => metric === 'val/combined')!.differences[0]!.text,
    /^B is better by 0\.050/,
  );
  assert.deepEqual(
    config.map(({ path }) => path),
    ['tags.name'],
  );
  const alone = await compare(['table/ffff00000000', 'table/ffff00000001'], { runs, alone: true });
  assert.deepEqual(
    alone.sides.map(({ runs: seeds }) => seeds.length),
    [1, 1],
  );
  const refused = (code: string) => (error: { code?: string }) => error.code === code;
  await assert.rejects(
    compare(['table/ffff00000000', 'table/ffff00000001'], { runs }),
    refused('compare-one'),
  );
  makeRun({ runs, name: 'begun' });
  await assert.rejects(compare(['table', 'begun'], { runs }), refused('compare-unfinished'));
  const { differences } = await diff(['table/ffff00000000', 'table/ffff00000011'], { runs });
  assert.deepEqual(
    differences.map(({ path, values }) => [path, values]),
    [
      ['seed', [0, 1]],
      ['tags.name', ['=1+1|<b>', 'plain']],
    ],
  );
  await assert.rejects(diff(['table', 'begun'], { runs }), refused('diff-runs'));
  const { names } = await diff(['begun', 'table/ffff00000000'], { runs });
  const experiments = join(import.meta.dirname, '../../experiments');
  const specs = ['baseline.yaml', 'facecom.yaml'].map((name) => join(experiments, name));
  const between = (await diff(specs)).differences.map(({ path }) => path);
  assert.ok(between.includes('data.source'), 'a spec whose data is yet to be named is no obstacle');
  assert.match(names[0]!, /^begun\/.+-1$/, 'an experiment that was run once stands for its run');
});
