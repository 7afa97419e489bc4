import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';

const programs = [
  // Renders no window, which halves the time of the tests.
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
];

const installed = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * Finds Chromium or Chrome: at CHROME_PATH, on the PATH, in a usual place, or the one that Playwright installs.
 *
 * @throws if there is none
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
    'Chromium or Chrome not found. Install it with `npx playwright install chromium` (on Debian also ' +
      '`apt-get install chromium-headless-shell`), or set CHROME_PATH to its executable.',
  );
}
