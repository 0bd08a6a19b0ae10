import { Option } from 'commander';

/** `--set path=value`, as often as wanted; a value takes no word after it. */
export function setOption(what = 'change a key of the experiment, such as train.epochs=3'): Option {
  return new Option('--set <path=value>', `${what} (repeatable)`).argParser(
    (value: string, before: string[] | undefined) => [...(before ?? []), value],
  );
}
