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
    load: () => import('./run.ts'),
  },
  {
    name: 'sweep',
    summary: 'Run the trials of an experiment’s sweep, or go on with it.',
    load: () => import('./sweep.ts'),
  },
  {
    name: 'resume',
    summary: 'Go on with a sweep or a run that was interrupted.',
    load: () => import('./resume.ts'),
  },
  {
    name: 'evaluate',
    summary: 'Score a trained run on its test pictures, other data or bad conditions.',
    load: () => import('./evaluate.ts'),
  },
  {
    name: 'predict',
    summary: 'Say the gender and identity of pictures with a trained run.',
    load: () => import('./predict.ts'),
  },
  {
    name: 'status',
    summary: 'Show what has run, what runs and what waits.',
    load: () => import('./status.ts'),
  },
  { name: 'logs', summary: "Print what a run's trainer has printed.", load: () => import('./logs.ts') },
  {
    name: 'stop',
    summary: 'Let a run or a sweep save a checkpoint and end.',
    load: () => import('./stop.ts'),
  },
  {
    name: 'validate',
    summary: 'Say everything that is wrong with experiments, at its line.',
    load: () => import('./validate.ts'),
  },
  {
    name: 'explain',
    summary: 'Show the values of an experiment or a run, and where each came from.',
    load: () => import('./explain.ts'),
  },
  { name: 'init', summary: 'Write a commented experiment to start from.', load: () => import('./init.ts') },
  {
    name: 'report',
    summary: 'Write one HTML page of a run or a sweep, and its charts.',
    load: () => import('./report.ts'),
  },
  {
    name: 'export',
    summary: 'Write the weights of a trained run for other programs.',
    load: () => import('./export.ts'),
  },
  { name: 'data', summary: 'Look at data sets and make them.', load: () => import('./data.ts') },
  {
    name: 'ui',
    summary: 'Start the local MLflow server and print its address, or stop it.',
    load: () => import('./ui.ts'),
  },
  { name: 'sync', summary: 'Send to MLflow what was not sent.', load: () => import('./sync.ts') },
  { name: 'setup', summary: 'Install native TensorFlow, and MLflow.', load: () => import('./setup.ts') },
  {
    name: 'doctor',
    summary: 'Say what training finds on this machine, with remedies.',
    load: () => import('./doctor.ts'),
  },
  {
    name: 'trainer',
    summary: 'Train the run of FACECOM_RUN_DIR.',
    load: () => import('./trainer.ts'),
    hidden: true,
  },
  {
    name: 'charts',
    summary: 'Draw the charts of runs.',
    load: () => import('./charts.ts'),
    hidden: true,
  },
  {
    name: 'tensorflow-check',
    summary: 'Load native TensorFlow and run an op.',
    load: () => import('./tensorflow-check.ts'),
    hidden: true,
  },
  {
    name: 'mlflow-server',
    summary: 'Keep the local MLflow server of a folder.',
    load: () => import('./mlflow-server.ts'),
    hidden: true,
  },
];
