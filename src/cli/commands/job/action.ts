import { job } from '../../../operations/index.ts';

/** Imported here, not by the command when it is called: the whole door of operations has all behind it that facecom can do. */
export const action = job;
