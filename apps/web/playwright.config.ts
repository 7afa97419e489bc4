import { defineConfig } from '@playwright/test';
import { findChromium } from './test/find-chromium.js';

export default defineConfig({
  testDir: 'test',
  globalSetup: './test/global-setup.ts',
  testMatch: '*.browser.ts',
  outputDir: '../../test-results',
  // Each worker starts its own servers, because a test may stop one of them.
  workers: 2,
  forbidOnly: !!process.env.CI,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  // A test that needs a retry is broken.
  retries: 0,
  reporter: [['list'], ['./test/summary-reporter.ts']],
  use: {
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    viewport: { width: 1100, height: 800 },
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
      executablePath: findChromium(),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
