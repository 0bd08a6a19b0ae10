import assert from 'node:assert/strict';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { execa } from 'execa';
import { writeBatch } from '../../src/record/index.ts';
import { clusterScene, exits } from '../support/cluster.ts';
import { binary } from '../support/program.ts';
import { withoutSmallDisk as withoutMounts } from '../support/small-disk.ts';

/** Writes a Node that sees `folder` as another mount: read-only, or what is in `other`. Returns its path. */
function nodeWithMount(file: string, mount: string): string {
  const inner = `${mount} && exec '${process.execPath}' "$@"`;
  writeFileSync(file, `#!/bin/sh\nexec unshare -m sh -c '${inner.replaceAll("'", "'\\''")}' sh "$@"\n`, {
    mode: 0o755,
  });
  return file;
}

/** Carries what is new, has changed or was removed from one folder to another and back, each change late. */
function carryLate(one: string, other: string, delay: () => number) {
  const known = new Map<string, string>();
  const under = (folder: string) =>
    new Map(
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
        const stat = statSync(join(folder, name), { throwIfNoEntry: false });
        // What is about to be renamed is nobody else's to see.
        if (!stat?.isFile() || /\.tmp|~$|aside|carried/.test(name)) return [];
        return [[name, `${stat.size} ${stat.mtimeMs} ${stat.ino}`] as const];
      }),
    );
  const pending = new Set<NodeJS.Timeout>();
  const later = (work: () => void) => {
    const timer = setTimeout(() => {
      pending.delete(timer);
      try {
        work();
      } catch {
        // Removed meanwhile.
      }
    }, delay());
    pending.add(timer);
  };
  const carry = (from: string, to: string) => {
    const there = under(from);
    for (const [name, state] of there) {
      if (known.get(join(from, name)) === state) continue;
      known.set(join(from, name), state);
      later(() => {
        mkdirSync(join(to, name, '..'), { recursive: true });
        const aside = join(to, `${name}.carried`);
        copyFileSync(join(from, name), aside);
        renameSync(aside, join(to, name));
        const { size, mtimeMs, ino } = statSync(join(to, name));
        known.set(join(to, name), `${size} ${mtimeMs} ${ino}`);
      });
    }
    for (const file of [...known.keys()].filter((path) => path.startsWith(`${from}/`))) {
      const name = file.slice(from.length + 1);
      if (there.has(name)) continue;
      known.delete(file);
      known.delete(join(to, name));
      later(() => rmSync(join(to, name), { force: true }));
    }
  };
  const timer = setInterval(() => {
    carry(one, other);
    carry(other, one);
  }, 50);
  return () => {
    clearInterval(timer);
    for (const one of pending) clearTimeout(one);
  };
}

test('two mounts that see each other late, in any order: each trial runs once, and its end is not judged before its events are there', {
  skip: withoutMounts,
}, async (t) => {
  const finished = '{"type":"finished","time":1,"metrics":{}}';
  const { folder, fake, make, run, start, names, starts } = await clusterScene(t, {
    trainer: `echo '${finished}' >> "$FACECOM_RUN_DIR/events.jsonl"`,
  });
  const other = `${folder}-node`;
  mkdirSync(other);
  // A folder is carried with what is in it.
  for (const name of names(3)) writeFileSync(join(run(name).runDir, 'config.json'), '{}');
  let turn = 0;
  t.after(() => rmSync(other, { recursive: true, force: true }));
  const release = carryLate(folder, other, () => [100, 900, 400][turn++ % 3]!);
  // Before the folders go: what is removed first is carried no more.
  try {
    const node = nodeWithMount(join(fake, 'node'), `mount --bind '${other}' '${folder}'`);
    const launcher = make({ node, visibility: 10 });
    const seen = start(launcher, 3).map(async (handle, i) => {
      const { code } = await handle.exited;
      return [{ code }, readFileSync(join(folder, names(3)[i]!, 'events.jsonl'), 'utf8').trim()];
    });
    assert.deepEqual(await Promise.all(seen), Array(3).fill([{ code: 0 }, finished]));
    for (const name of names(3))
      assert.equal(readFileSync(join(other, name, 'starts'), 'utf8').trim(), 'started', String(starts(name)));
  } finally {
    release();
  }
});

test('a folder that is read-only on the node: nothing is trained, and the job says so by its exit code', {
  skip: withoutMounts,
}, async (t) => {
  const { folder, fake, make, run, starts } = await clusterScene(t);
  mkdirSync(join(folder, 'jobs'));
  const { command, cwd } = run('a-1');
  writeBatch(folder, {
    ...{ key: 'k', folder: '..', runs: ['a-1'], command: [...command], env: {}, cwd },
    ...{ grace: 1, visibility: 1 },
  });
  const readOnly = `mount --bind '${folder}' '${folder}' && mount -o remount,bind,ro '${folder}'`;
  const node = nodeWithMount(join(fake, 'node'), readOnly);
  const job = await execa(node, [binary, 'job', join(folder, 'jobs/k.json'), '0', '--job', '1_0'], {
    reject: false,
  });
  assert.equal(job.exitCode, 73, job.stderr);
  assert.match(job.stderr, /cannot be written here/);
  assert.equal(starts('a-1'), 0);
  // Of an engine's job no word comes: what the engine knows is reported.
  const { explained } = await make({ node }).of(0).start(run('b-1')).exited;
  assert.equal(explained?.class, 'infrastructure');
});

test('clocks that are apart by minutes decide nothing', async (t) => {
  const { fake, make, start, names, starts } = await clusterScene(t, { trainer: 'sleep 0.5' });
  const preload = join(fake, 'clock.mjs');
  writeFileSync(
    preload,
    'const now = Date.now; Date.now = () => now() + Number(process.env.APART) * 60_000;\n',
  );
  for (const minutes of [-11, 11]) {
    const launcher = make({ setup: [`export APART=${minutes} NODE_OPTIONS=--import=${preload}`] });
    assert.deepEqual(await exits(start(launcher, 2)), Array(2).fill({ code: 0 }));
    await launcher.close();
  }
  for (const name of names(2)) assert.equal(starts(name), 2);
});
