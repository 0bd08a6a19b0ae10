import type { Argument, Command, Option } from 'commander';
import { commands } from '../../commands.ts';
import { keysOfSpecs, namesOfRuns } from './names.ts';

const FILES = ':files';

/** What may stand in place of the last word of a command line (without the program's name), one candidate each; `:files` for names of files. */
export async function candidates(words: readonly string[]): Promise<string[]> {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const entry = commands.find(({ name, group }) => group !== undefined && name === before[0]);
  const found = entry
    ? await within((await entry.load()).command(), before.slice(1), current)
    : before.length === 0
      ? [
          ...commands.filter(({ group }) => group !== undefined).map(({ name }) => name),
          '--help',
          '--version',
        ]
      : [];
  return found.filter((text) => text === FILES || text.startsWith(current));
}

async function within(given: Command, before: readonly string[], current: string): Promise<string[]> {
  let command = given;
  let rest = before;
  const sub = command.commands.find((one) => one.name() === rest[0]);
  if (sub) {
    command = sub;
    rest = rest.slice(1);
  } else if (command.commands.length > 0 && rest.length === 0)
    return command.commands.map((one) => one.name());
  const waiting = optionOf(command, rest.at(-1));
  if (waiting && !waiting.isBoolean()) return valuesOf(waiting, current);
  if (current.startsWith('-'))
    return [...command.options.map((option) => option.long ?? option.short!), '--help'];
  const argument =
    command.registeredArguments[Math.min(positionals(command, rest), command.registeredArguments.length - 1)];
  return argument ? argumentValues(argument, optionValue(command, rest, '--runs') ?? 'runs') : [];
}

const optionOf = (command: Command, word: string | undefined): Option | undefined =>
  command.options.find((option) => word !== undefined && (option.long === word || option.short === word));

function optionValue(command: Command, words: readonly string[], name: string): string | undefined {
  const at = words.findLastIndex((word) => optionOf(command, word)?.long === name);
  return at >= 0 ? words[at + 1] : undefined;
}

/** Words that are neither options nor their values. */
function positionals(command: Command, words: readonly string[]): number {
  return words.filter((word, i) => {
    const option = optionOf(command, words[i - 1]);
    return !word.startsWith('-') && !(option && !option.isBoolean());
  }).length;
}

async function valuesOf(option: Option, current: string): Promise<string[]> {
  if (option.argChoices) return [...option.argChoices];
  if (option.long === '--set') return keysOfSpecs(current);
  return /DIR|FILE|FOLDER/i.test(option.flags) ? [FILES] : [];
}

async function argumentValues(argument: Argument, runs: string): Promise<string[]> {
  if (argument.argChoices) return [...argument.argChoices];
  const name = argument.name();
  const isRun = /RUN|SWEEP/.test(name);
  return [
    ...(isRun ? await namesOfRuns(runs) : []),
    ...(/^(?:RUN|SWEEP|RUN\|SWEEP|PATH)$/.test(name) ? [] : [FILES]),
  ];
}
