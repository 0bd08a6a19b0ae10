/** Signals a process group, where it is still there. */
export function killGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === 'win32' ? leader : -leader, signal);
  } catch {
    // It has ended.
  }
}
