/** What an orchestrator and a trainer that stands by say to each other over their channel. */

/** To the trainer, once: this is your run. */
export interface RunMessage {
  type: 'run';
  runDir: string;
}

/** From the trainer: everything is loaded (`ready`); the run is mine and begins now (`begun`). */
export interface StandbyMessage {
  type: 'ready' | 'begun';
}
