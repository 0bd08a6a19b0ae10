import type { Command } from 'commander';

/** One command: its file is loaded only when it is asked for. Each file exports `command()`, a configured commander Command. */
interface CommandEntry {
  name: string;
  summary: string;
  load: () => Promise<{ command: () => Command }>;
  /** Not listed in the help. */
  hidden?: boolean;
}

/** Every command, in the order of the help: one line each. */
export const commands: CommandEntry[] = [
  {
    name: 'run',
    summary: 'Check an experiment, train it, score it and record it.',
    load: () => import('./commands/run/command.ts'),
  },
  {
    name: 'sweep',
    summary: 'Run the trials of an experiment’s sweep, or go on with it.',
    load: () => import('./commands/sweep/command.ts'),
  },
  {
    name: 'resume',
    summary: 'Go on with a sweep or a run that was interrupted.',
    load: () => import('./commands/resume/command.ts'),
  },
  {
    name: 'evaluate',
    summary: 'Score a trained run on its test pictures, other data or bad conditions.',
    load: () => import('./commands/evaluate/command.ts'),
  },
  {
    name: 'predict',
    summary: 'Say the gender and identity of pictures with a trained run.',
    load: () => import('./commands/predict/command.ts'),
  },
  {
    name: 'status',
    summary: 'Show what has run, what runs and what waits.',
    load: () => import('./commands/status/command.ts'),
  },
  {
    name: 'logs',
    summary: "Print what a run's trainer has printed.",
    load: () => import('./commands/logs/command.ts'),
  },
  {
    name: 'stop',
    summary: 'Let a run or a sweep save a checkpoint and end.',
    load: () => import('./commands/stop/command.ts'),
  },
  {
    name: 'validate',
    summary: 'Say everything that is wrong with experiments, at its line.',
    load: () => import('./commands/validate/command.ts'),
  },
  {
    name: 'explain',
    summary: 'Show the values of an experiment or a run, and where each came from.',
    load: () => import('./commands/explain/command.ts'),
  },
  {
    name: 'init',
    summary: 'Write a commented experiment to start from.',
    load: () => import('./commands/init/command.ts'),
  },
  {
    name: 'report',
    summary: 'Write one HTML page of a run or a sweep, and its charts.',
    load: () => import('./commands/report/command.ts'),
  },
  {
    name: 'export',
    summary: 'Write the weights of a trained run for other programs.',
    load: () => import('./commands/export/command.ts'),
  },
  {
    name: 'data',
    summary: 'Look at data sets and make them.',
    load: () => import('./commands/data/command.ts'),
  },
  {
    name: 'ui',
    summary: 'Start the local MLflow server and print its address, or stop it.',
    load: () => import('./commands/ui/command.ts'),
  },
  {
    name: 'sync',
    summary: 'Send to MLflow what was not sent.',
    load: () => import('./commands/sync/command.ts'),
  },
  {
    name: 'setup',
    summary: 'Install native TensorFlow, and MLflow.',
    load: () => import('./commands/setup/command.ts'),
  },
  {
    name: 'doctor',
    summary: 'Say what training finds on this machine, with remedies.',
    load: () => import('./commands/doctor/command.ts'),
  },
  {
    name: 'trainer',
    summary: 'Train the run of FACECOM_RUN_DIR.',
    load: () => import('./commands/trainer/command.ts'),
    hidden: true,
  },
  {
    name: 'charts',
    summary: 'Draw the charts of runs.',
    load: () => import('./commands/charts/command.ts'),
    hidden: true,
  },
  {
    name: 'tensorflow-check',
    summary: 'Load native TensorFlow and run an op.',
    load: () => import('./commands/tensorflow-check/command.ts'),
    hidden: true,
  },
  {
    name: 'mlflow-server',
    summary: 'Keep the local MLflow server of a folder.',
    load: () => import('./commands/mlflow-server/command.ts'),
    hidden: true,
  },
];
