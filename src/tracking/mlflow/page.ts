import type { Connection } from './connection.ts';

/** The page of a run in MLflow. */
export function runPage({ base }: Pick<Connection, 'base'>, experiment: string, run: string): string {
  return `${base}#/experiments/${experiment}/runs/${run}`;
}

/** The list of an experiment's runs. */
export function experimentPage({ base }: Pick<Connection, 'base'>, experiment: string): string {
  return `${base}#/experiments/${experiment}/runs`;
}
