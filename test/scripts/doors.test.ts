import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { pastDoors } from '../../scripts/doors.mjs';
import { temporaryFolder } from '../support/program.ts';

it('imports past a door that only hands on, and through one that does something', async (t) => {
  const folder = await temporaryFolder(t);
  for (const name of ['here', 'stage', 'stage/inner']) await mkdir(join(folder, name));
  const door = `/** A stage. */
export { a, type B as C } from './a.ts';
export { d as e, registered } from './inner/index.ts';
export type { F } from './inner/index.ts';
`;
  await writeFile(join(folder, 'stage/index.ts'), door);
  await writeFile(join(folder, 'stage/inner/index.ts'), "export { d } from './d.ts';\nregister();\n");
  for (const name of ['stage/a.ts', 'stage/inner/d.ts'])
    await writeFile(join(folder, name), 'export const a = 1;\n');
  const text = `import {
  a,
  e as f,
} from '../stage/index.ts';
import type { C } from '../stage/index.ts';
export { a as g, type F } from '../stage/index.ts';
import { h } from '../stage/other.ts';
`;
  assert.equal(
    pastDoors(text, join(folder, 'here/x.ts')),
    `import { a as a } from '../stage/a.ts'; import { d as f } from '../stage/inner/index.ts';



import type { B as C } from '../stage/a.ts';
export { a as g } from '../stage/a.ts'; export { type F as F } from '../stage/inner/index.ts';
import { h } from '../stage/other.ts';
`,
  );
});
