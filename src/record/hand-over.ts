/** What an orchestrator and a trainer that stands by say to each other over their channel. */

/** To the trainer, when it is ready and each time that a run has ended: this is your run. */
export interface RunMessage {
  type: 'run';
  runDir: string;
}

/**
 * From the trainer: everything is loaded (`ready`); the run is mine and begins now (`begun`); once it has ended without a failure I
 * take another one (`stays`), or I do not (`leaves`); it has ended, and I wait for the next (`ended`).
 */
export interface StandbyMessage {
  type: 'ready' | 'begun' | 'stays' | 'leaves' | 'ended';
}
