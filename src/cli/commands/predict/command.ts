import { Command, Option } from 'commander';
import { setOption } from '../../terminal/set-option.ts';

/** `facecom predict RUN IMAGES…`: gender and identity of images without labels. */
export function command(): Command {
  return new Command('predict')
    .argument('<RUN>', 'run folder, name/trial-attempt, trial, or last')
    .argument('<IMAGES...>', 'images, and folders of images')
    .option('--out <file>', 'CSV file to write (submission.csv); left out: CSV on stdout')
    .option(
      '--raw-csv',
      'leave names that begin with = + - @ as they are (spreadsheets take them for formulas)',
    )
    .option('--features <file>', 'safetensors file to write with the features that faces are matched by')
    .addOption(
      new Option('--tta <how>', 'average each image with its mirror image').choices(['none', 'flip']),
    )
    .addOption(setOption('change a key of evaluate or resources'))
    .option('--runs <DIR>', 'folder of the run folders', 'runs')
    .option('--json', 'print one JSON document per image, then a summary')
    .action(async (run, images, options) =>
      (await import('./action.ts')).predictImages(run, images, options),
    );
}
