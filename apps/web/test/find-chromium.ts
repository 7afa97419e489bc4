import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';

const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];

const installed = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * A Chromium or Chrome of this machine: the one that CHROME_PATH names, one on the PATH, or Playwright's own.
 *
 * @throws where there is none
 */
export function findChromium(): string {
  if (process.env.CHROME_PATH) {
    return process.env.CHROME_PATH;
  }
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin'];
  const onPath = programs.flatMap((program) => folders.map((folder) => join(folder, program)));
  const found = [...onPath, ...installed, chromium.executablePath()].find((path) => existsSync(path));
  if (found) {
    return found;
  }
  throw new Error(
    'The browser tests need Chromium or Chrome, and this machine has neither. Install one (Debian: apt-get install ' +
      'chromium; anywhere: npx playwright install chromium), or name its program in CHROME_PATH.',
  );
}
