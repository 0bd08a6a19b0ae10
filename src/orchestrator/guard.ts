import { type ChildProcess, spawn } from 'node:child_process';
import { markProcess, type ProcessMark } from '../base/process.ts';
import type { Handle, Watchman } from './launchers/launcher.ts';
import { type Leftovers, SECRET } from './strays.ts';

/** Seconds that a trainer has to save and end before it is killed. */
export const GRACE = 60;

/**
 * Reads `+ pid` and `- pid`, and the same with `secret` and a secret of a start. At the end of its input the orchestrator is gone, however
 * it went: what it was told of and not told off is asked to end, and each group is killed once its leader is gone, or after the grace;
 * then what has one of the secrets in its environment.
 */
const SCRIPT = `
alive() {
  kill -0 "$1" || return 1
  # One that nobody has waited for has ended.
  [ -r "/proc/$1/stat" ] && read -r stat < "/proc/$1/stat" || return 0
  case \${stat##*) } in Z*) return 1 ;; esac
}
trap '' INT TERM HUP QUIT
# Processes that have a secret in their environment.
strays() {
  for secret in $secrets; do echo "${SECRET}=$secret"; done |
    grep -lsF -f - /proc/[0-9]*/environ | while IFS=/ read -r _ _ pid _; do echo "$pid"; done
}
groups= secrets=
while read -r what pid secret; do
  case $what$pid in
    +secret) secrets="$secrets $secret" ;;
    -secret) kept=
       for other in $secrets; do [ "$other" = "$secret" ] || kept="$kept $other"; done
       secrets=$kept ;;
    +*) groups="$groups $pid" ;;
    -*) kept=
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
[ -n "$secrets" ] && [ -d /proc/self ] || exit 0
left=40 asked=
while found=$(strays) && [ -n "$found" ] && [ "$left" -gt 0 ]; do
  for pid in $found; do
    case " $asked " in
      *" $pid "*) [ "$left" -gt 20 ] || kill -KILL "$pid" ;;
      *) kill -TERM "$pid"; asked="$asked $pid" ;;
    esac
  done
  left=$((left - 1))
  sleep 0.1
done
exit 0
`;

/**
 * Sees to it that no trainer outlives its orchestrator, whatever ends that: a shell of a few hundred kilobytes in a session of its own
 * that holds the other end of a pipe. When it has ended after its orchestrator, there is no trainer left.
 */
export class Guard implements Watchman {
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

  private tell(line: string): void {
    this.child.stdin!.write(`${line}\n`);
  }

  /** Something with this secret is about to be started: it is to end with this process, until it was cleared. */
  expect({ secret, cleared }: Leftovers): void {
    this.tell(`+ secret ${secret}`);
    void cleared.then(() => this.tell(`- secret ${secret}`));
  }

  /** A process group that is to end with this process, until it has. */
  watch({ pid, exited }: Pick<Handle, 'pid' | 'exited'>): void {
    if (pid === undefined) return;
    this.tell(`+ ${pid}`);
    // After what it left behind was ended with it.
    void exited.then(() => setImmediate(() => this.tell(`- ${pid}`)));
  }

  close(): void {
    this.child.stdin!.end();
  }
}
