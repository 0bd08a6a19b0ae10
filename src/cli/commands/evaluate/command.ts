import { Command, Option } from 'commander';
import { setOption } from '../../terminal/set-option.ts';

/** `facecom evaluate RUN… [FOLDER]`: best checkpoints on other data or under bad conditions. */
export function command(): Command {
  return new Command('evaluate')
    .argument('<RUN...>', 'run folders, name/trial-attempt, trial, or last; then a folder of other images')
    .option('--data <FOLDER>', 'another folder of images, all of which are scored')
    .addOption(
      new Option('--tta <how>', 'average each image with its mirror image').choices(['none', 'flip']),
    )
    .option('--split <side>', 'images of one side: train, validation, test or all')
    .option(
      '--conditions <names>',
      "conditions, separated by commas, or all (FaceCom's seven): each at every severity",
    )
    .option('--severity <numbers>', 'severities 1 (mild) to 5 (severe), separated by commas', '1,3,5')
    .addOption(setOption('change a key of data, evaluate or resources'))
    .option('--runs <DIR>', 'folder of the run folders', 'runs')
    .option('--json', 'print one JSON document')
    .action(async (runs, options) => (await import('./action.ts')).evaluateRun(runs, options));
}
