import { Command } from 'commander';
import { setOption } from '../../terminal/set-option.ts';

/** `facecom tune`: measures what a key of an experiment should be, before anything is trained. */
export function command(): Command {
  // Commands made by tune.command() take this over: a wrong command line is exit code 2.
  const tune = new Command('tune').exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  tune
    .command('lr')
    .description('Find the learning rate: train with rising rates until the loss diverges.')
    .argument('<SPEC>', 'experiment file')
    .option('--from <rate>', 'first learning rate', '1e-7')
    .option('--to <rate>', 'last learning rate', '10')
    .option('--steps <n>', 'steps between the two', '100')
    .option('--out <file>', 'chart to write: .png or .svg', 'tune-lr.png')
    .addOption(setOption())
    .option('--json', 'print one JSON document')
    .action(async (spec, options) => (await import('./lr.ts')).tuneLearningRate(spec, options));
  tune
    .command('batch')
    .description('Find the batch size: measure throughput and memory of one size after another.')
    .argument('<SPEC>', 'experiment file')
    .option('--sizes <numbers>', 'sizes to try, separated by commas; left out: powers of two')
    .option('--steps <n>', 'steps that are measured of each', '5')
    .option('--out <file>', 'chart to write: .png or .svg', 'tune-batch.png')
    .addOption(setOption())
    .option('--json', 'print one JSON document')
    .action(async (spec, options) => (await import('./batch.ts')).tuneBatchSize(spec, options));
  return tune;
}
