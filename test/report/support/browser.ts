import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);

/** For `{ skip }` of a test that needs a browser. */
export const withoutBrowser: string | false = executablePath
  ? false
  : 'no Chromium in /usr/bin: apt-get install chromium';

export interface Seen {
  /** Console messages, errors of the page and requests for anything but the page itself. */
  trouble: string[];
  text: string;
  /** What `ask` gives in the page. */
  answers: unknown[];
}

/** Opens a file in a real browser. */
export async function open(
  file: string,
  options: { dark?: boolean; ask?: string[]; width?: number } = {},
): Promise<Seen> {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({
      colorScheme: options.dark ? 'dark' : 'light',
      viewport: { width: options.width ?? 1280, height: 900 },
    });
    const trouble: string[] = [];
    const address = pathToFileURL(file).href;
    page.on('console', (message) => trouble.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => trouble.push(`error: ${error.message}`));
    page.on('dialog', (dialog) => {
      trouble.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (request.url() !== address && !request.url().startsWith('data:'))
        trouble.push(`request: ${request.url()}`);
    });
    await page.goto(address);
    await page.evaluate('document.fonts.ready.then(() => undefined)');
    const answers: unknown[] = [];
    for (const question of options.ask ?? []) answers.push(await page.evaluate(question));
    return { trouble, text: (await page.evaluate('document.body.innerText')) as string, answers };
  } finally {
    await browser.close();
  }
}
