// What is imported through the door of a stage (its index.ts), taken from the file that holds it: bundles and declarations then have the
// files that are used, not all behind a door.
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const statements = /^(import|export)( type)? \{([^}]*)\} from '(\.[^']*\/index\.ts)';$/gm;

/** The text of a module of `path` with `import { a } from '../stage/index.ts'` as an import of the file that holds `a`; lines keep their numbers. */
export function pastDoors(text, path) {
  return text.replaceAll(statements, (statement, word, type = '', names, door) => {
    const direct = namesIn(names).map(({ kind, name, local }) => {
      const found = behindDoor(join(dirname(path), door), name);
      const from = relative(dirname(path), found.file).replaceAll('\\', '/');
      const source = from.startsWith('.') ? from : `./${from}`;
      return `${word}${type} { ${kind}${found.name} as ${local} } from '${source}';`;
    });
    return direct.join(' ') + '\n'.repeat(statement.split('\n').length - 1);
  });
}

/** The names of `{ a, b as c, type D }`. */
const namesIn = (list) =>
  list
    .split(',')
    .map((part) => /^\s*(type )?(\w+)(?: as (\w+))?\s*$/.exec(part))
    .filter(Boolean)
    .map(([, kind = '', name, local = name]) => ({ kind, name, local }));

/** Where a name that a door exports is defined. What lies behind a further one that does something itself is not taken past it. */
function behindDoor(door, wanted, isFirst = true) {
  const text = readFileSync(door, 'utf8');
  if (!isFirst && hasCode(text)) return { file: door, name: wanted };
  for (const [, names, from] of text.matchAll(/^export(?: type)? \{([^}]*)\} from '(\.[^']*)';$/gm)) {
    const found = namesIn(names).find(({ local }) => local === wanted);
    if (found) return behindDoor(join(dirname(door), from), found.name, false);
  }
  return { file: door, name: wanted };
}

/** Whether a module holds more than imports and exports of other modules. */
function hasCode(text) {
  const rest = text
    .replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
    .replaceAll(/^(?:import|export)\b[^;]*? from '[^']*';$/gm, '');
  return rest.trim() !== '';
}
