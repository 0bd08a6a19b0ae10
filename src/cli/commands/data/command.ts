import { Command } from 'commander';
import { setOption } from '../../terminal/set-option.ts';

/** `facecom data`: what is in a data set, what augmentation does to it, and new ones. Each command's work is loaded alone. */
export function command(): Command {
  // Commands made by data.command() take this over: a wrong command line is exit code 2.
  const data = new Command('data').exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  data
    .command('inspect')
    .description(
      'Find out what a data set is and what is wrong with it; print the lines of YAML that read it.',
    )
    .argument('[TARGET]', 'a folder of images, or an experiment file; left out: synthetic faces')
    .addOption(setOption('change a key of the experiment, such as data.split.seed=7'))
    .option('--json', 'print one JSON document')
    .action(async (target, options) => (await import('./inspect.ts')).inspect(target, options));
  data
    .command('synth')
    .description('Draw synthetic faces into a folder in the FaceCom layout.')
    .argument('<FOLDER>', 'new or empty folder')
    .option('--identities <n>', 'identities', '24')
    .option('--images <n>', 'images of each identity', '30')
    .option('--size <pixels>', 'side of the images', '112')
    .option('--conditions <fraction>', 'share of the images under one of the seven bad conditions', '0.3')
    .option('--seed <n>', 'seed of the drawing', '1')
    .option('--json', 'print one JSON document')
    .action(async (folder, options) => (await import('./synth.ts')).synth(folder, options));
  data
    .command('preview')
    .description('Draw a contact sheet: images as they are, augmented, or under each effect or condition.')
    .argument('[TARGET]', 'a folder of images, or an experiment file; left out: synthetic faces')
    .option('--out <file>', 'PNG, JPEG or WebP file to write', 'preview.png')
    .option('--policy <name>', 'show images as this augmentation policy gives them')
    .option('--augment', "show images as the experiment's augmentation policy gives them")
    .option('--effects', 'show each augmentation effect from end to end of its default ranges')
    .option('--conditions', 'show each bad condition at severities 1 to 5')
    .option('--rows <n>', 'identities or images shown', '12')
    .option('--columns <n>', 'images in a row', '8')
    .addOption(setOption('change a key of the experiment, such as data.image_size=112'))
    .option('--json', 'print one JSON document')
    .action(async (target, options) => (await import('./preview.ts')).preview(target, options));
  data
    .command('corrupt')
    .description('Copy a folder of images with bad conditions applied.')
    .argument('<FOLDER>', 'images, with or without annotations.json')
    .argument('<OUT>', 'new or empty folder')
    .requiredOption('--condition <names>', 'conditions, separated by commas, or all')
    .option('--severity <1-5>', 'mild 1 to severe 5', '3')
    .option('--size <pixels>', 'longest side of what is written; larger images are made smaller first', '224')
    .option('--seed <n>', 'seed of what is random in a condition', '1')
    .option('--json', 'print one JSON document')
    .action(async (folder, out, options) => (await import('./corrupt.ts')).corrupt(folder, out, options));
  data
    .command('cache')
    .description('Decode the images of a data set into the cache folder, so that runs start at once.')
    .argument('[TARGET]', 'a folder of images, or an experiment file; left out: synthetic faces')
    .addOption(setOption('change a key of the experiment, such as data.image_size=112'))
    .option('--json', 'print one JSON document')
    .action(async (target, options) => (await import('./cache.ts')).cache(target, options));
  data
    .command('align')
    .description('Copy a folder of faces turned, scaled and cut to 112 × 112 by five landmarks each.')
    .argument('<FOLDER>', 'images')
    .argument('<OUT>', 'new or empty folder')
    .requiredOption(
      '--landmarks <file>',
      'CSV: image, then x and y of left eye, right eye, nose, left and right corner of the mouth',
    )
    .option('--size <pixels>', 'side of what is written', '112')
    .option('--json', 'print one JSON document')
    .action(async (folder, out, options) => (await import('./align.ts')).align(folder, out, options));
  return data;
}
