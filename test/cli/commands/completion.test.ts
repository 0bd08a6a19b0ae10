import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { execa } from 'execa';
import { candidates } from '../../../src/cli/commands/complete/candidates.ts';
import { packageDir, temporaryFolder } from '../../support/program.ts';

test('commands, their parts, options and values may follow', async () => {
  assert.deepEqual(await candidates(['ru']), ['run']);
  assert.ok((await candidates([''])).includes('sweep'));
  assert.ok(!(await candidates([''])).includes('trainer'));
  assert.ok((await candidates(['data', ''])).includes('inspect'));
  assert.deepEqual(await candidates(['completion', '']), ['bash', 'zsh', 'fish']);
  assert.deepEqual(await candidates(['resume', '--fa']), ['--failed']);
  assert.deepEqual(await candidates(['validate', '']), [':files']);
  assert.deepEqual(await candidates(['nothing', '']), []);
});

test('keys of experiments and their words may follow --set', async () => {
  const keys = await candidates(['run', 'a.yaml', '--set', 'train.']);
  assert.ok(keys.includes('train.epochs=') && keys.includes('train.early_stopping.'));
  assert.ok((await candidates(['run', '--set', ''])).includes('model.'));
  assert.ok((await candidates(['run', '--set', 'model.backbone=res'])).includes('model.backbone=resnet18'));
});

test('runs may follow where a run is asked for, those of --runs', async (t) => {
  const runs = await temporaryFolder(t);
  mkdirSync(join(runs, 'exp', 'abc123-1'), { recursive: true });
  mkdirSync(join(runs, '.mlflow'));
  assert.deepEqual(await candidates(['report', '--runs', runs, 'e']), ['exp', 'exp/abc123-1']);
  assert.ok((await candidates(['status', '--runs', runs, ''])).includes('last'));
});

/** What a shell offers for `facecom run --set train.ep`. */
const shells = {
  bash: `eval "$(facecom completion bash)"
COMP_WORDS=(facecom run --set train.ep); COMP_CWORD=3; _facecom; printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: `autoload -Uz compinit; compinit -u -d "$PWD/dump"
compadd() { while [ "$1" != "--" ]; do shift; done; shift; print -l -- "$@" }
eval "$(facecom completion zsh)"
words=(facecom run --set train.ep); CURRENT=4; _facecom`,
  fish: `facecom completion fish | source
complete --do-complete 'facecom run --set train.ep'`,
};

for (const [shell, script] of Object.entries(shells))
  test(`${shell} completes`, async (t) => {
    const cwd = await temporaryFolder(t);
    const there = await execa(shell, ['-c', 'exit 0'], { reject: false });
    if (there.exitCode !== 0) return t.skip(`${shell} is not installed`);
    const file = join(cwd, 'script');
    writeFileSync(file, script);
    const { stdout, stderr } = await execa(shell, [file], {
      cwd,
      reject: false,
      env: { PATH: `${join(packageDir, 'bin')}:${process.env.PATH}`, HOME: cwd },
    });
    assert.match(stdout, /^train\.epochs=$/m, stderr);
    assert.doesNotMatch(stdout, /batch_size/);
  });
