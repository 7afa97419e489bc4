import { join } from 'node:path';
import { root } from '../../../tools/project.js';
import { expect, openTasks, row, test } from './people.js';

const path = (name: string) => join(root, `docs/images/${name}.png`);
const inDays = (days: number) => new Date(Date.now() + days * 24 * 60 * 60 * 1000).toISOString();

test.use({ deviceScaleFactor: 2 });

/** Not a test: makes the pictures for the README. */
test('the main screens', async ({ ada, browser, system }) => {
  await ada.createTasks([
    { title: 'Book the train to Vienna', completed: true },
    { title: 'Water the plants', dueAt: inDays(4) },
    { title: 'Read the chapter on indexes', description: 'Start with the part on keyset pages.' },
    { title: 'Renew the passport', dueAt: inDays(-3), description: 'Photos are in the top drawer.' },
    { title: 'Prepare the talk', dueAt: inDays(1), description: 'Ten slides at most.' },
    { title: 'Buy oat milk', dueAt: new Date(new Date().setHours(23, 59)).toISOString() },
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
    const page = await open(960, 660, colorScheme);
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

  const signIn = await open(960, 660, 'light', false);
  await signIn.goto('/sign-in');
  await signIn.screenshot({ path: path('sign-in') });

  const settings = await open(960, 660, 'dark');
  await settings.goto('/settings/appearance');
  await settings.screenshot({ path: path('settings') });
});
