import { Command } from 'commander';

/** `facecom export RUN`: the best weights as safetensors and JSON. */
export function command(): Command {
  return new Command('export')
    .argument('<RUN>', 'run folder, name/trial-attempt, trial, or last')
    .option('--out <folder>', 'new or empty folder', 'export')
    .option('--format <format>', 'safetensors; onnx or savedmodel beside it', 'safetensors')
    .option('--batch <n>', 'images that the model takes at once', Number, 1)
    .option('--runs <DIR>', 'folder of the run folders', 'runs')
    .option('--json', 'print one JSON document')
    .action(async (run, options) => (await import('./action.ts')).exportRun(run, options));
}
