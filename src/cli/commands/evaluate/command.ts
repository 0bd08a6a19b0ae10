import { Command } from 'commander';
import { setOption } from '../../terminal/set-option.ts';

/** `facecom evaluate RUN`: the best checkpoint on other data or under bad conditions. */
export function command(): Command {
  return new Command('evaluate')
    .argument('<RUN>', 'run folder, name/trial-attempt, trial, or last')
    .option('--data <FOLDER>', 'another folder with annotations.json, of which all pictures are scored')
    .option('--split <side>', 'pictures of one side: train, validation, test or all')
    .option(
      '--conditions <names>',
      "conditions, separated by commas, or all (FaceCom's seven): each at every severity",
    )
    .option('--severity <numbers>', 'severities 1 (mild) to 5 (severe), separated by commas', '1,3,5')
    .addOption(setOption('change a key of data, evaluate or resources'))
    .option('--runs <DIR>', 'folder of the run folders', 'runs')
    .option('--json', 'print one JSON document')
    .action(async (run, options) => (await import('./action.ts')).evaluateRun(run, options));
}
