import { spawnSync } from 'node:child_process';

/** Arguments of unshare for numbers of processes and a host name of its own. */
export const container = ['--pid', '--uts', '--fork', '--mount-proc', '--kill-child'];

export const withoutContainers: string | false =
  spawnSync('unshare', [...container, 'true']).status === 0
    ? false
    : 'this user may not make a space of process numbers';
