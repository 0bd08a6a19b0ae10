import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'bench/README.md'],
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** Text of a page without its code. */
const prose = (page: string) =>
  readFileSync(join(root, page), 'utf8')
    .replace(/^```.*?^```/gms, '')
    .replace(/`[^`\n]*`/g, (code) => 'x'.repeat(code.length));

/** The links of a page to files of this project: path from the root, and the anchor. */
function linksOf(page: string): { target: string; anchor: string }[] {
  return [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link!)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [path, anchor = ''] = link.split('#') as [string, string?];
      return { target: path === '' ? page : relative(root, join(root, dirname(page), path)), anchor };
    });
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  return [...readFileSync(join(root, page), 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

test('every link of the documents leads to a file and a heading', () => {
  const dead = pages.flatMap((page) =>
    linksOf(page)
      .filter(
        ({ target, anchor }) =>
          !existsSync(join(root, target)) ||
          (anchor !== '' && target.endsWith('.md') && !anchorsOf(target).includes(anchor)),
      )
      .map(({ target, anchor }) => `${page}: ${target}${anchor && `#${anchor}`}`),
  );
  assert.deepEqual(dead, []);
});

test('what the documents of the package link to is in the package', () => {
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { files: string[] };
  const packed = (path: string) => files.some((entry) => path === entry || path.startsWith(`${entry}/`));
  const missing = pages
    .filter(packed)
    .flatMap((page) => linksOf(page).map(({ target }) => `${page}: ${target}`))
    .filter((link) => !packed(link.slice(link.indexOf(': ') + 2)));
  assert.deepEqual(missing, []);
});
