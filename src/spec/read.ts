import { parseDocument, type Node as YamlNode } from 'yaml';
import { type Problem, problemAt } from './problem.ts';
import { tooMuch } from './read-limits.ts';
import { NodeReader } from './read-nodes.ts';
import type { Source } from './source.ts';
import type { Node } from './tree.ts';
import { lineAt, yamlFinding } from './yaml-syntax.ts';

/**
 *   text ─▶ yaml's document (YAML 1.2) ─▶ tree of values with their places, aliases followed
 *
 * Problems are added to the list; undefined if there is no tree to continue with.
 */
export function readTree(source: Source, problems: Problem[]): Node | undefined {
  const { text } = source;
  const early = tooMuch(source) ?? conflictMarks(source);
  if (early) {
    problems.push(early);
    return undefined;
  }
  const document = parseDocument(text, {
    version: '1.2',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });
  const { errors, warnings } = document;
  for (const { pos, code, message } of errors.length > 0 ? errors : warnings)
    problems.push(
      problemAt({ source, start: pos[0], end: pos[1] }, yamlFinding(code, message, lineAt(text, pos[0]))),
    );
  if (errors.length > 0) return undefined;
  const reader = new NodeReader(source, problems);
  return document.contents
    ? reader.node(document.contents as YamlNode, [])
    : { kind: 'scalar', value: null, span: { source, start: 0, end: 0 } };
}

/** A merge that git could not finish breaks YAML at every line of it: that is one problem. */
function conflictMarks(source: Source): Problem | undefined {
  const mark = /^(?:<{7}|>{7}) .*$/m.exec(source.text);
  if (!mark || !/^={7}$/m.test(source.text)) return undefined;
  return problemAt(
    { source, start: mark.index, end: mark.index + mark[0].length },
    {
      code: 'yaml-conflict',
      path: '',
      message: 'The file has the marks of a merge conflict.',
      found: mark[0],
      remedy: 'Keep one side, and remove the lines with <<<<<<<, ======= and >>>>>>>.',
    },
  );
}
