import type { Command } from 'commander';

/** One command: its folder is loaded only when it is asked for. */
export interface CommandEntry {
  name: string;
  /** The one description: in the list of commands and in the command's own help. */
  description: string;
  /** Heading of the list that it stands under; commands without one are started by the program itself and are not listed. */
  group?: string;
  /** Command lines that the help shows. */
  examples?: readonly string[];
  /** Training or sending continues when nobody reads the output any more; other commands only print. */
  works?: boolean;
  /** Returns `command()`, a configured commander Command. */
  load: () => Promise<{ command: () => Command }>;
}

const TRAIN = 'Train:';
const RUNS = 'Look after runs:';
const RESULTS = 'Use results:';
const SPECS = 'Write experiments:';
const MACHINE = 'Set up:';

/** Every command, in the order of the help: one entry each. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'run',
    description: 'Run an experiment: check it, train, score the result and record everything.',
    group: TRAIN,
    examples: [
      'facecom run experiments/baseline.yaml',
      'facecom run experiments/facecom.yaml --set data.path=photos --set train.epochs=3',
    ],
    works: true,
    load: () => import('./commands/run/command.ts'),
  },
  {
    name: 'sweep',
    description: 'Run a sweep. Running it again resumes it.',
    group: TRAIN,
    examples: [
      'facecom sweep experiments/loss-weights.yaml --dry-run',
      'facecom sweep experiments/loss-weights.yaml --by "Friday 18:00"',
      'facecom sweep experiments/loss-weights.yaml --max-parallel 2',
      'facecom sweep experiments/baseline.yaml --axis optimizer.lr=0.001,0.0003',
      'facecom sweep experiments/loss-weights.yaml --launcher slurm',
    ],
    works: true,
    load: () => import('./commands/sweep/command.ts'),
  },
  {
    name: 'resume',
    description: 'Resume a run from its last checkpoint, or a sweep where it was interrupted.',
    group: TRAIN,
    examples: [
      'facecom resume last',
      'facecom resume baseline/a330-1 --set train.epochs=40',
      'facecom resume loss-weights --failed',
      'facecom resume loss-weights --launcher slurm',
    ],
    works: true,
    load: () => import('./commands/resume/command.ts'),
  },
  {
    name: 'status',
    description: 'Show what has run, what is running and what is waiting.',
    group: RUNS,
    examples: ['facecom status', 'facecom status loss-weights --watch'],
    load: () => import('./commands/status/command.ts'),
  },
  {
    name: 'logs',
    description: "Print a run's log; -f follows it.",
    group: RUNS,
    examples: ['facecom logs last --tail 20', 'facecom logs -f loss-weights/4af6-1'],
    load: () => import('./commands/logs/command.ts'),
  },
  {
    name: 'stop',
    description: 'Stop a run or sweep gracefully, after a checkpoint.',
    group: RUNS,
    examples: ['facecom stop loss-weights', 'facecom stop last --kill'],
    load: () => import('./commands/stop/command.ts'),
  },
  {
    name: 'rm',
    description: 'Delete runs or sweeps, after asking.',
    group: RUNS,
    examples: ['facecom rm baseline/last', 'facecom rm old-sweep --mlflow --yes'],
    load: () => import('./commands/rm/command.ts'),
  },
  {
    name: 'prune',
    description: 'Delete runs, or their checkpoints alone, by age, status and rank.',
    group: RUNS,
    examples: [
      'facecom prune --status failed,interrupted --older-than 30d --dry-run',
      'facecom prune loss-weights --keep-best 3 --only checkpoints',
    ],
    load: () => import('./commands/prune/command.ts'),
  },
  {
    name: 'sync',
    description: 'Send pending run data to MLflow (all runs by default).',
    group: RUNS,
    examples: ['facecom sync', 'facecom sync baseline --uri http://127.0.0.1:5000'],
    works: true,
    load: () => import('./commands/sync/command.ts'),
  },
  {
    name: 'ui',
    description:
      'Start the local MLflow server in the background, send it pending data and print its address.',
    group: RUNS,
    examples: ['facecom ui', 'facecom ui --stop'],
    load: () => import('./commands/ui/command.ts'),
  },
  {
    name: 'evaluate',
    description: "Score a run's best checkpoint on its test images, on other data or under bad conditions.",
    group: RESULTS,
    examples: [
      'facecom evaluate last',
      'facecom evaluate baseline --conditions all --severity 3',
      'facecom evaluate lfw/1a2b-1 lfw/3c4d-1 photos/ --tta flip',
    ],
    load: () => import('./commands/evaluate/command.ts'),
  },
  {
    name: 'verify',
    description: 'Train a run again from its record and say whether it comes to the same, to the bit.',
    group: RESULTS,
    examples: ['facecom verify last', 'facecom verify baseline --steps 50'],
    works: true,
    load: () => import('./commands/verify/command.ts'),
  },
  {
    name: 'predict',
    description: "Predict the gender and identity of images with a run's best checkpoint.",
    group: RESULTS,
    examples: [
      'facecom predict last photos/ --out submission.csv',
      'facecom predict baseline a.jpg b.jpg --json',
    ],
    load: () => import('./commands/predict/command.ts'),
  },
  {
    name: 'report',
    description:
      'Write one self-contained HTML page of a run or a sweep, and its charts; --watch follows what runs.',
    group: RESULTS,
    examples: [
      'facecom report last',
      'facecom report loss-weights --out page.html',
      'facecom report loss-weights --watch',
    ],
    load: () => import('./commands/report/command.ts'),
  },
  {
    name: 'results',
    description: 'Print the results of a sweep as a table: for reading, as CSV, Markdown or JSON.',
    group: RESULTS,
    examples: [
      'facecom results loss-weights',
      'facecom results loss-weights --format csv > results.csv',
      'facecom results last --format md --metrics "test/combined,test/*_accuracy"',
    ],
    load: () => import('./commands/results/command.ts'),
  },
  {
    name: 'compare',
    description:
      'Compare runs or sweeps: configs, metrics over seeds, a paired test over the same test images, changed answers.',
    group: RESULTS,
    examples: [
      'facecom compare baseline/last facecom/last',
      'facecom compare loss-weights/1a2b loss-weights/3c4d --out compare.html',
    ],
    load: () => import('./commands/compare/command.ts'),
  },
  {
    name: 'export',
    description:
      "Write a run's best weights for other programs: safetensors with PyTorch's names and layout.",
    group: RESULTS,
    examples: [
      'facecom export last --out model',
      'facecom export last --format onnx --batch 8',
      'facecom export last --format savedmodel',
    ],
    load: () => import('./commands/export/command.ts'),
  },
  {
    name: 'hand-in',
    description: 'Write the folder that a contest asks for: weights, metrics, predictions, a summary.',
    group: RESULTS,
    examples: ['facecom hand-in last', 'facecom hand-in competition --out team-7'],
    load: () => import('./commands/hand-in/command.ts'),
  },
  {
    name: 'init',
    description: 'Write a commented experiment to start from; nothing is overwritten.',
    group: SPECS,
    examples: ['facecom init my-experiment.yaml'],
    load: () => import('./commands/init/command.ts'),
  },
  {
    name: 'validate',
    description: 'Check experiments and report every problem with its line. Nothing is launched.',
    group: SPECS,
    examples: ['facecom validate experiments/*.yaml', 'facecom validate my-experiment.yaml --fix'],
    load: () => import('./commands/validate/command.ts'),
  },
  {
    name: 'tune',
    description: 'Find the learning rate or the batch size of an experiment before it is trained.',
    group: SPECS,
    examples: [
      'facecom tune lr experiments/baseline.yaml',
      'facecom tune batch experiments/baseline.yaml --sizes 8,16,32,64',
    ],
    load: () => import('./commands/tune/command.ts'),
  },
  {
    name: 'explain',
    description: 'Show each value of an experiment or a run, and where it came from.',
    group: SPECS,
    examples: [
      'facecom explain experiments/loss-weights.yaml optimizer',
      'facecom explain last train.epochs',
      'facecom explain experiments/baseline.yaml --program',
    ],
    load: () => import('./commands/explain/command.ts'),
  },
  {
    name: 'diff',
    description: 'Show in which values experiments or runs differ.',
    group: SPECS,
    examples: [
      'facecom diff experiments/baseline.yaml experiments/facecom.yaml',
      'facecom diff baseline/last facecom/last',
    ],
    load: () => import('./commands/diff/command.ts'),
  },
  {
    name: 'data',
    description: 'Inspect, preview, corrupt and synthesize data sets.',
    group: SPECS,
    examples: ['facecom data inspect photos', 'facecom data preview photos --policy facecom-weather'],
    load: () => import('./commands/data/command.ts'),
  },
  {
    name: 'setup',
    description: 'Install what training needs into the cache folder; `run` does it on first use.',
    group: MACHINE,
    examples: ['facecom setup', 'facecom setup --dry-run'],
    works: true,
    load: () => import('./commands/setup/command.ts'),
  },
  {
    name: 'doctor',
    description: 'Check the training environment and suggest fixes.',
    group: MACHINE,
    examples: ['facecom doctor'],
    load: () => import('./commands/doctor/command.ts'),
  },
  {
    name: 'completion',
    description: 'Print a completion script for bash, zsh or fish.',
    group: MACHINE,
    examples: [
      'facecom completion bash >> ~/.bashrc',
      'facecom completion zsh > ~/.zfunc/_facecom',
      'facecom completion fish > ~/.config/fish/completions/facecom.fish',
    ],
    load: () => import('./commands/completion/command.ts'),
  },
  {
    name: 'complete',
    description: 'Print what may follow on a command line (called by completion scripts).',
    load: () => import('./commands/complete/command.ts'),
  },
  {
    name: 'trainer',
    description: 'Train the run of FACECOM_RUN_DIR (started by run and sweep).',
    works: true,
    load: () => import('./commands/trainer/command.ts'),
  },
  {
    name: 'job',
    description: "Run one job of a batch on a cluster's node (started by its engine).",
    works: true,
    load: () => import('./commands/job/command.ts'),
  },
  {
    name: 'tune-steps',
    description: 'Measure training steps (started by tune).',
    works: true,
    load: () => import('./commands/tune-steps/command.ts'),
  },
  {
    name: 'charts',
    description: 'Draw charts and write reports (started by sweep).',
    works: true,
    load: () => import('./commands/charts/command.ts'),
  },
  {
    name: 'tensorflow-check',
    description: 'Load native TensorFlow, run an op and print what it is (started by setup and doctor).',
    load: () => import('./commands/tensorflow-check/command.ts'),
  },
  {
    name: 'onednn-check',
    description: 'Load oneDNN, run an op and print what it is (started by setup and doctor).',
    load: () => import('./commands/onednn-check/command.ts'),
  },
  {
    name: 'mlflow-server',
    description: 'Keep the local MLflow server of a folder (started by run, sweep and ui).',
    works: true,
    load: () => import('./commands/mlflow-server/command.ts'),
  },
];
