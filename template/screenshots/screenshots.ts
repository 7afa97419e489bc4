import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { root } from '../../tools/project.js';
import { queryOnce } from '../../tools/test/test-databases.js';
import { expect, openTasks, row, test, type TestUser } from '../../apps/web/test/users.js';

/** The same time and font on every machine: two runs take the same pictures. */
const now = new Date('2026-05-04T09:30:00Z');
const font = readFileSync(
  createRequire(import.meta.url).resolve('@fontsource-variable/inter/files/inter-latin-wght-normal.woff2'),
  'base64',
);
const styles = `
  @font-face { font-family: Inter; font-weight: 100 900; src: url(data:font/woff2;base64,${font}) }
  :root { --font-sans: Inter }
  html, .swagger-ui *:not(code) { font-family: Inter !important }`;

async function prepare(page: Page): Promise<Page> {
  await page.clock.setFixedTime(now);
  await page.addInitScript((text) => {
    addEventListener('DOMContentLoaded', () => {
      document.head.append(Object.assign(document.createElement('style'), { textContent: text }));
    });
  }, styles);
  return page;
}

/** Opens a page as the user in a browser with this viewport. */
async function open(browser: Browser, user: TestUser, width: number, height: number): Promise<Page> {
  const context = await browser.newContext({
    baseURL: new URL(user.page.url()).origin,
    storageState: await user.context.storageState(),
    viewport: { width, height },
  });
  return prepare(await context.newPage());
}

async function take(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  // Toasts and rings of the last click would be in the picture.
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(root, `docs/images/${name}.png`) });
}

/** Returns the end of a day in the time zone of the page. */
const endOfDay = (fromToday: number) => new Date(Date.UTC(2026, 4, 4 + fromToday, 21, 59)).toISOString();

test('the screens of the README', async ({ ada, browser, system }) => {
  await ada.page.goto(system.webUrl);
  const created = await ada.createTasks([
    { title: 'Water the plants', dueAt: endOfDay(4) },
    { title: 'Read the chapter on indexes', description: 'Start with the part on keyset pages.' },
    { title: 'Renew the passport', dueAt: endOfDay(-3), description: 'Photos are in the top drawer.' },
    { title: 'Prepare the talk', dueAt: endOfDay(1), description: 'Ten slides at most.' },
    { title: 'Book the train to Vienna', completed: true },
    { title: 'Buy oat milk', dueAt: endOfDay(0) },
  ]);

  const tasks = await open(browser, ada, 900, 720);
  await openTasks(tasks, '/tasks?filter=all');
  await expect(row(tasks, 'Buy oat milk')).toContainText('Today');
  await take(tasks, 'tasks');

  const conflict = await open(browser, ada, 900, 720);
  await openTasks(conflict);
  await conflict.getByRole('button', { name: 'Edit Prepare the talk' }).click();
  await conflict.getByLabel('Title').fill('Prepare the talk for Thursday');
  await ada.callApi('PATCH', `/api/tasks/${created[3]?.id}`, {
    title: 'Prepare the talk and the demo',
    description: 'Twelve slides at most.',
  });
  await conflict.getByRole('button', { name: 'Save' }).click();
  await expect(conflict.getByRole('region', { name: 'Saved version' })).toBeVisible();
  await take(conflict, 'conflict');

  for (const [title, amount, spentOn, category] of [
    ['Train to Vienna', '89.00', '2026-04-14', 'travel'],
    ['Standing desk', '429.50', '2026-04-17', 'office'],
    ['Error tracking, one year', '312.00', '2026-04-22', 'software'],
    ['Two monitors', '598.00', '2026-04-28', 'office'],
    ['Hotel in Vienna', '264.80', '2026-05-01', 'travel'],
  ]) {
    const { status } = await ada.callApi('POST', '/api/expenses', { title, amount, spentOn, category });
    expect(status).toBe(201);
  }
  await queryOnce(system.databaseUrl, 'UPDATE expenses SET created_at = spent_on');
  const generated = await open(browser, ada, 900, 720);
  await generated.goto('/expenses');
  await expect(generated.getByText('Hotel in Vienna')).toBeVisible();
  await take(generated, 'generated-page');

  const docs = await open(browser, ada, 1200, 960);
  await docs.goto(`${system.apiUrl}/docs`);
  await expect(docs.getByText('/api/tasks', { exact: true }).first()).toBeVisible();
  await take(docs, 'api-reference');
});
