import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { chromium, type Frame, type Page } from 'playwright-core';

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
  options: {
    dark?: boolean;
    ask?: string[];
    width?: number;
    /** As it is on paper, `width` pixels wide. */
    print?: boolean;
    /** In a frame that may run scripts and nothing else, as MLflow shows an artifact. */
    framed?: boolean;
  } = {},
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
      if (request.url() !== address && !/^(data|blob):/.test(request.url()))
        trouble.push(`request: ${request.url()}`);
    });
    if (options.print) await page.emulateMedia({ media: 'print' });
    if (!options.framed) await page.goto(address);
    const shown = options.framed ? await showFramed(page, readFileSync(file, 'utf8')) : page.mainFrame();
    await shown.evaluate('document.fonts.ready.then(() => undefined)');
    const answers: unknown[] = [];
    for (const question of options.ask ?? []) answers.push(await shown.evaluate(question));
    return { trouble, text: (await shown.evaluate('document.body.innerText')) as string, answers };
  } finally {
    await browser.close();
  }
}

async function showFramed(page: Page, text: string): Promise<Frame> {
  const frame = page.waitForEvent('framenavigated', (one) => one.url().startsWith('blob:'));
  await page.evaluate(`(() => {
    const frame = document.createElement('iframe');
    frame.sandbox = 'allow-scripts';
    frame.src = URL.createObjectURL(new Blob([${JSON.stringify(text)}], { type: 'text/html' }));
    document.body.append(frame);
  })()`);
  const shown = await frame;
  await shown.waitForLoadState();
  return shown;
}
