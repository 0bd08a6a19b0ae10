import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { writeExperiment } from '../support/external.ts';
import { binary, temporaryFolder } from '../support/program.ts';
import { onTerminal, withoutTerminal } from '../support/terminal.ts';

/** Runs a command on a terminal of its own, types Ctrl-C when the trainer has begun and prints all that was written there. */
const TYPIST = `
import fcntl, glob, os, pty, struct, sys, termios, time
pid, fd = pty.fork()
if pid == 0:
    time.sleep(0.2)
    os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
text, typed, until = b'', False, time.time() + 60
os.set_blocking(fd, False)
while time.time() < until:
    try:
        chunk = os.read(fd, 65536)
        if not chunk: break
        text += chunk
    except BlockingIOError:
        time.sleep(0.05)
    except OSError:
        break
    if not typed and glob.glob('runs/exp/*/ready') and b'starting' in text:
        typed = True
        time.sleep(0.7)
        os.write(fd, b'\\x03')
if time.time() >= until: os.kill(pid, 9)
os.waitpid(pid, 0)
sys.stdout.buffer.write(text)
`;
/** Runs a command on a terminal of a size and prints all that was written there. */
const SIZED = onTerminal({
  first: 3,
  start: `fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', int(sys.argv[1]), int(sys.argv[2]), 0, 0))`,
});

test('a terminal that cannot be drawn over gets lines, one that is narrow whole cells', {
  skip: withoutTerminal,
}, async (t) => {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(cwd, 'finish 0.75', {
    more: { sweep: { axes: { 'optimizer.lr': [0.125] } } },
  });
  const at = (rows: number, columns: number, term: string, ...args: string[]) =>
    spawnSync('python3', ['-c', SIZED, `${rows}`, `${columns}`, process.execPath, binary, ...args], {
      cwd,
      env: { ...process.env, TERM: term, NO_COLOR: '1', FACECOM_MLFLOW: 'off' },
    });
  for (const [rows, columns, term, lines] of [
    [0, 0, 'xterm', true],
    [24, 12, 'xterm', true],
    [24, 80, 'dumb', true],
    [24, 30, 'xterm', false],
  ] as const) {
    const { stdout, status } = at(rows, columns, term, 'sweep', spec, '--force');
    const text = stdout.toString();
    const size = `${rows} × ${columns} ${term}: ${text}`;
    assert.equal(status, 0, size);
    assert.equal(/^started {2}[0-9a-f]{12} /m.test(text), lines, size);
    assert.equal(!text.includes('\u001b['), lines, size);
    // The results: no number is broken.
    assert.match(text, /^(?:1 .*| +)0\.125\b/m, size);
    assert.match(text, /^(?:1 .*| +)0\.7500(?: |\r?$)/m, size);
  }
  // What is only printed: no line is longer than the terminal, and each value is whole.
  for (const args of [['status'], ['status', 'exp'], ['status', 'exp', '--watch'], ['results', 'exp']]) {
    const { stdout, status } = at(24, 20, 'xterm', ...args);
    const text = stripVTControlCharacters(stdout.toString()).replaceAll('\r', '');
    assert.equal(status, 0, text);
    // Sentences are broken by the terminal.
    for (const line of text.split('\n').filter((line) => !/: | has the best/.test(line)))
      assert.ok(line.length < 20, `${args}: ${line}`);
    assert.match(text, args.length > 1 ? /0\.7500/ : /finished {2}1/, `${args}: ${text}`);
  }
});

test('Ctrl-C leaves nothing of the live view in the scrollback', { skip: withoutTerminal }, async (t) => {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(cwd, `trap 'exit 0' TERM; touch ready; while :; do sleep 0.05; done`);
  const { stdout } = spawnSync('python3', ['-c', TYPIST, process.execPath, binary, 'run', spec], {
    cwd,
    env: { ...process.env, TERM: 'xterm', NO_COLOR: '1', FACECOM_MLFLOW: 'off' },
  });
  const text = stdout.toString();
  assert.equal(readdirSync(join(cwd, 'runs', 'exp')).filter((name) => /-1$/.test(name)).length, 1);
  const at = text.indexOf('Interrupted: trainers save and end');
  assert.ok(at > 0, text);
  // What was drawn last is erased before the line is written.
  const drawn = text.lastIndexOf('starting', at);
  assert.ok(drawn > 0 && text.slice(drawn, at).includes('\u001b[2K'), JSON.stringify(text));
});
