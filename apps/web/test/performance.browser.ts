import type { Page } from '@playwright/test';
import { expect, test } from './users.js';

/** The JavaScript of an empty Next.js page, measured the same way. */
const emptyPageBytes = 137_000;

/** The JavaScript that each page may load in addition, in bytes over the network. */
const scriptBudgets = [
  { path: '/', maxBytes: 15_000, isSignedIn: false },
  { path: '/sign-in', maxBytes: 60_000, isSignedIn: false },
  { path: '/tasks', maxBytes: 80_000, isSignedIn: true },
  { path: '/settings/profile', maxBytes: 80_000, isSignedIn: true },
];

/** Loads a page with an empty cache. Returns the transferred bytes of its scripts, including those it prefetches. */
async function measureScripts(page: Page, path: string): Promise<number> {
  const devTools = await page.context().newCDPSession(page);
  const scripts = new Set<string>();
  let bytes = 0;
  devTools.on(
    'Network.responseReceived',
    ({ requestId, type }) => type === 'Script' && scripts.add(requestId),
  );
  devTools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    bytes += scripts.has(requestId) ? encodedDataLength : 0;
  });
  await devTools.send('Network.enable');
  await page.goto(path, { waitUntil: 'networkidle' });
  return bytes;
}

for (const { path, maxBytes, isSignedIn } of scriptBudgets) {
  test(`${path} loads at most ${maxBytes / 1000} kB of JavaScript more than an empty page`, async ({
    ada,
    page,
  }) => {
    const bytes = await measureScripts(isSignedIn ? ada.page : page, path);
    console.log(`${path}: ${Math.round(bytes / 1000)} kB of JavaScript`);
    // Load what the page does not show at first with next/dynamic.
    expect(bytes - emptyPageBytes).toBeLessThanOrEqual(maxBytes);
    expect(bytes, 'no script was measured').toBeGreaterThan(emptyPageBytes / 2);
  });
}
