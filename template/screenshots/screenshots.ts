import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { root } from '../../tools/project.js';
import { expect, openTasks, row, test } from '../../apps/web/test/users.js';

const path = (name: string) => join(root, `docs/images/${name}.png`);

/** Returns the end of a day in the time zone of the page. */
const endOfDay = (page: Page, fromToday: number) =>
  page.evaluate((days) => {
    const date = new Date();
    date.setDate(date.getDate() + days);
    date.setHours(23, 59, 0, 0);
    return date.toISOString();
  }, fromToday);

test.use({ deviceScaleFactor: 2 });

/** Takes the screenshots of the README. */
test('the main screens', async ({ ada, browser, system }) => {
  await ada.createTasks([
    { title: 'Book the train to Vienna', completed: true },
    { title: 'Water the plants', dueAt: await endOfDay(ada.page, 4) },
    { title: 'Read the chapter on indexes', description: 'Start with the part on keyset pages.' },
    {
      title: 'Renew the passport',
      dueAt: await endOfDay(ada.page, -3),
      description: 'Photos are in the top drawer.',
    },
    { title: 'Prepare the talk', dueAt: await endOfDay(ada.page, 1), description: 'Ten slides at most.' },
    { title: 'Buy oat milk', dueAt: await endOfDay(ada.page, 0) },
  ]);
  const storageState = await ada.context.storageState();
  const open = async (width: number, height: number, colorScheme: 'light' | 'dark', signedIn = true) => {
    const context = await browser.newContext({
      baseURL: system.webUrl,
      storageState: signedIn ? storageState : undefined,
      viewport: { width, height },
      colorScheme,
      deviceScaleFactor: 2,
    });
    return context.newPage();
  };
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await open(960, 720, colorScheme);
    await openTasks(page);
    await expect(row(page, 'Buy oat milk')).toBeVisible();
    await page.screenshot({ path: path(`tasks-${colorScheme}`) });
  }

  const editing = await open(960, 660, 'light');
  await openTasks(editing);
  await editing.getByRole('button', { name: 'Edit Prepare the talk' }).click();
  await expect(editing.getByLabel('Title')).toHaveValue('Prepare the talk');
  await editing.screenshot({ path: path('edit-task') });

  const phone = await open(390, 760, 'dark');
  await openTasks(phone);
  await expect(row(phone, 'Buy oat milk')).toBeVisible();
  await phone.screenshot({ path: path('tasks-phone') });

  const welcome = await open(960, 660, 'light', false);
  await welcome.goto('/');
  await welcome.screenshot({ path: path('welcome') });

  const signIn = await open(960, 660, 'light', false);
  await signIn.goto('/sign-in');
  await signIn.screenshot({ path: path('sign-in') });

  const settings = await open(960, 660, 'dark');
  await settings.goto('/settings/appearance');
  await settings.screenshot({ path: path('settings') });
});
