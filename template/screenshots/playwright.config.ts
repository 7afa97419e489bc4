import { defineConfig } from '@playwright/test';
import browserTests from '../../apps/web/playwright.config.js';

export default defineConfig({
  ...browserTests,
  testDir: '.',
  testMatch: 'screenshots.ts',
  projects: undefined,
  globalSetup: '../../apps/web/test/global-setup.ts',
  reporter: 'list',
});
