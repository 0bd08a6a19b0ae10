import { spawnSync } from 'node:child_process';

/** Why programs are not tried on a terminal here; false where they are. */
export const withoutTerminal =
  spawnSync('python3', ['-c', 'import pty']).status === 0 ? false : 'there is no python3 with a pty';

/**
 * Python that starts the command of sys.argv[first] on a terminal `fd` as `pid`, does `start` there, reads all that is written into `text`,
 * doing `each` after each part of it, prints it and exits as the command did.
 */
export const onTerminal = ({
  first,
  start = '',
  each = '',
}: {
  first: number;
  start?: string;
  each?: string;
}) => `
import fcntl, os, pty, struct, sys, termios, time
pid, fd = pty.fork()
if pid == 0:
    time.sleep(0.2)
    os.execvp(sys.argv[${first}], sys.argv[${first}:])
${start}
text = b''
while True:
    try:
        chunk = os.read(fd, 65536)
        if not chunk: break
        text += chunk
    except OSError:
        break
${each.replaceAll(/^/gm, '    ')}
sys.stdout.buffer.write(text)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;
