import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { it } from 'node:test';
import { inspectExperiment, usePlugins } from '../../src/spec/index.ts';
import { experimentSchema } from '../../src/spec/schema.ts';
import { facecom, packageDir } from '../support/program.ts';

const folder = join(packageDir, 'experiments');
const examples = (readdirSync(folder, { recursive: true }) as string[])
  .filter((name) => name.endsWith('.yaml'))
  .sort();

for (const name of examples) {
  const file = join(folder, name);
  const text = readFileSync(file, 'utf8');
  // A folder of the user's own has no default.
  const set =
    /source: (?:facecom|competition)|extends: facecom/.test(text) && !/^ *path:/m.test(text)
      ? ['--set', 'data.path=data/facecom']
      : [];

  it(`experiments/${name} names its schema, says what it is for, and is valid`, async () => {
    const schema = /^# yaml-language-server: \$schema=(\S+)\n# /.exec(text)?.[1];
    assert.ok(schema, 'the first line names the schema for editors, the second says what the spec is for');
    const found = JSON.parse(readFileSync(resolve(dirname(file), schema), 'utf8'));
    assert.deepEqual(found, experimentSchema);
    const { exitCode, json, stderr } = await facecom(
      ['validate', join('experiments', name), '--json', ...set],
      { cwd: packageDir },
    );
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(json, [{ valid: true, problems: [] }]);
  });

  it(`experiments/${name} takes the first override of many: --set train.epochs=1`, async () => {
    const flags = set.filter((flag) => flag !== '--set');
    const { problems } = await inspectExperiment(file, {
      set: [...flags, 'train.epochs=1'],
      cwd: packageDir,
    });
    assert.deepEqual(problems, []);
    // The schema is its own again.
    await usePlugins();
  });

  if (/\nsweep:/.test(text))
    it(`experiments/${name} has trials`, async () => {
      const { exitCode, json } = await facecom(
        ['sweep', join('experiments', name), '--dry-run', '--json', ...set],
        { cwd: packageDir },
      );
      assert.equal(exitCode, 0);
      assert.ok(json.at(-1).trials > 1);
      assert.equal(json.at(-1).duplicates, 0);
      assert.equal(new Set(json.slice(0, -1).map(({ trial }) => trial)).size, json.at(-1).trials);
    });
}
