import { defineConfig } from '@playwright/test';
import browserTests from '../../apps/web/playwright.config.js';

export default defineConfig({
  ...browserTests,
  testDir: '.',
  testMatch: 'screenshots.ts',
  globalSetup: '../../apps/web/test/global-setup.ts',
  reporter: 'list',
  use: {
    ...browserTests.use,
    colorScheme: 'light',
    deviceScaleFactor: 2,
    // The fonts of screenshots.ts are in a style element without a nonce.
    bypassCSP: true,
  },
});
