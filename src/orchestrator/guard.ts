import { type ChildProcess, spawn } from 'node:child_process';
import { markProcess, type ProcessMark } from '../base/process.ts';

/** Seconds that a trainer has to save and end before it is killed. */
export const GRACE = 60;

/**
 * Reads `+ pid` and `- pid`. At the end of its input the orchestrator is gone, however it went: what it was told of and not told off is
 * asked to end, and each group is killed once its leader is gone, or after the grace.
 */
const SCRIPT = `
alive() {
  kill -0 "$1" || return 1
  # One that nobody has waited for has ended.
  [ -r "/proc/$1/stat" ] && read -r stat < "/proc/$1/stat" || return 0
  case \${stat##*) } in Z*) return 1 ;; esac
}
trap '' INT TERM HUP QUIT
groups=
while read -r what pid; do
  case $what in
    +) groups="$groups $pid" ;;
    -) kept=
       for other in $groups; do [ "$other" = "$pid" ] || kept="$kept $other"; done
       groups=$kept ;;
  esac
done
for pid in $groups; do kill -TERM "$pid"; done
left=$(($1 * 20))
while [ -n "$groups" ] && [ "$left" -gt 0 ]; do
  kept=
  for pid in $groups; do
    if alive "$pid"; then kept="$kept $pid"; else kill -KILL "-$pid"; fi
  done
  groups=$kept
  left=$((left - 1))
  [ -z "$groups" ] || sleep 0.05
done
for pid in $groups; do kill -KILL "-$pid"; done
exit 0
`;

/**
 * Sees to it that no trainer outlives its orchestrator, whatever ends that: a shell of a few hundred kilobytes in a session of its own
 * that holds the other end of a pipe. When it has ended after its orchestrator, there is no trainer left.
 */
export class Guard {
  private readonly child: ChildProcess;

  constructor(grace = GRACE) {
    this.child = spawn('/bin/sh', ['-c', SCRIPT, 'facecom-guard', String(grace)], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    // Without a shell trainers are on their own: the built-in one sees itself that its parent is gone.
    this.child.on('error', () => {});
    this.child.stdin!.on('error', () => {});
    this.child.unref();
    (this.child.stdin as unknown as { unref(): void }).unref();
  }

  get mark(): ProcessMark | undefined {
    return this.child.pid === undefined ? undefined : markProcess(this.child.pid);
  }

  private add(pid: number): void {
    this.child.stdin!.write(`+ ${pid}\n`);
  }

  private remove(pid: number): void {
    this.child.stdin!.write(`- ${pid}\n`);
  }

  /** A process group that is to end with this process, until it has. */
  watch({ pid, exited }: { pid?: number; exited: Promise<unknown> }): void {
    if (pid === undefined) return;
    this.add(pid);
    // After what it left behind was ended with it.
    void exited.then(() => setImmediate(() => this.remove(pid)));
  }

  close(): void {
    this.child.stdin!.end();
  }
}
