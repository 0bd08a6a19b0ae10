// What is imported through the door of a stage (its index.ts), taken from the file that holds it: bundles and declarations then have the
// files that are used, not all behind a door.
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const statements = /^(import|export)( type)? \{([^}]*)\} from '(\.[^']*\/index\.ts)';$/gm;

/** The text of a module of `path` with `import { a } from '../stage/index.ts'` as an import of the file that holds `a`; lines keep their numbers. */
export function pastDoors(text, path) {
  return text.replaceAll(statements, (statement, word, type = '', names, door) => {
    const direct = namesIn(names).map(({ kind, name, local }) => {
      const found = behindDoor(join(dirname(path), door), name, Boolean(type || kind));
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

const exported = /^export(?: type)? \{[^}]*\} from '\.[^']*';$/gm;

/** Whether a module only hands on what others export: one that does something by itself (registers, defines) must be loaded. */
const isDoor = (text) =>
  text
    .replaceAll(exported, '')
    .replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    .trim() === '';

/** Where a name that a door exports is defined; types are taken past any. */
function behindDoor(door, wanted, isType) {
  const text = readFileSync(door, 'utf8');
  if (!isType && !isDoor(text)) return { file: door, name: wanted };
  for (const [, names, from] of text.matchAll(/^export(?: type)? \{([^}]*)\} from '(\.[^']*)';$/gm)) {
    const found = namesIn(names).find(({ local }) => local === wanted);
    if (found) return behindDoor(join(dirname(door), from), found.name, isType);
  }
  return { file: door, name: wanted };
}
