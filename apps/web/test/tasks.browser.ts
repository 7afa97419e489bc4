import type { Page } from '@playwright/test';
import { expect, openTasks, row, signOut, test } from './people.js';

/** A day as a date field has it, in the time zone of the tests' browser. */
function day(fromToday: number): string {
  const date = new Date(Date.now() + fromToday * 24 * 60 * 60 * 1000);
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin' }).format(date);
}

function endOf(fromToday: number): string {
  return new Date(`${day(fromToday)}T21:00:00Z`).toISOString();
}

test('Enter adds a task and keeps the focus; tasks keep the order in which they were typed', async ({
  ada: { page },
}) => {
  await openTasks(page);
  const field = page.getByRole('textbox', { name: 'New task' });
  await field.click();
  await page.route('**/api/tasks', async (route) => {
    const isFirst = route.request().postDataJSON()?.title === 'One';
    if (isFirst) {
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    await route.continue();
  });
  const lastSaved = page.waitForResponse(
    (response) => response.request().postDataJSON()?.title === 'Three' && response.ok(),
  );
  for (const title of ['One', 'Two', 'Three']) {
    await page.keyboard.type(title);
    await page.keyboard.press('Enter');
  }
  await expect(field).toBeFocused();
  await expect(page.getByRole('checkbox')).toHaveCount(3);
  await lastSaved;
  await page.reload();
  for (const [index, title] of ['Three', 'Two', 'One'].entries()) {
    await expect(page.getByRole('checkbox').nth(index)).toHaveAccessibleName(title);
  }
});

for (const address of ['/tasks?filter=done', '/tasks?search=other']) {
  test(`a task that is added to a view that leaves it out is said to be there: ${address}`, async ({
    ada: { page },
  }) => {
    await openTasks(page, address);
    await page.getByRole('textbox', { name: 'New task' }).fill('Read');
    await page.keyboard.press('Enter');
    const news = page.getByRole('status').filter({ hasText: 'Added “Read”' });
    await expect(news).toBeVisible();
    await expect(row(page, 'Read')).toHaveCount(0);
    await goToSettings(page);
    await news.getByRole('button', { name: 'Show all' }).click();
    await expect(page).toHaveURL('/tasks');
    await expect(row(page, 'Read')).toBeVisible();
  });
}

test('a task that is added to a list in another order is said to be in its place', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(['Apples', 'Cherries']);
  await openTasks(page, '/tasks?sort=title');
  await page.getByRole('textbox', { name: 'New task' }).fill('Bananas');
  await page.keyboard.press('Enter');
  const news = page.getByRole('status').filter({ hasText: 'Added “Bananas”, in its place' });
  await expect(news).toBeVisible();
  await expect(page.getByRole('checkbox').nth(1)).toHaveAccessibleName('Bananas');
  await news.getByRole('button', { name: 'Newest first' }).click();
  await expect(page).toHaveURL('/tasks');
  await expect(page.getByRole('checkbox').first()).toHaveAccessibleName('Bananas');
});

test('a title of spaces adds nothing, one that is too long says so', async ({ ada: { page } }) => {
  await openTasks(page);
  const field = page.getByRole('textbox', { name: 'New task' });
  await field.fill('   ');
  await field.press('Enter');
  await field.fill('x'.repeat(201));
  await field.press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: 'at most 200' })).toBeVisible();
  await expect(field).toHaveValue('x'.repeat(201));
  await expect(page.getByText('Nothing to do yet')).toBeVisible();
});

test('a title is text, whatever it holds', async ({ ada: { page } }) => {
  const title = '<img src=x onerror="document.title=\'owned\'"> & </script>';
  await openTasks(page);
  await page.getByRole('textbox', { name: 'New task' }).fill(title);
  await page.keyboard.press('Enter');
  await expect(row(page, title)).toContainText(title);
  await page.getByRole('button', { name: `Edit ${title}` }).click();
  await expect(page.getByRole('dialog').getByLabel('Title')).toHaveValue(title);
  await expect(page).not.toHaveTitle('owned');
});

test('a task is checked off, and leaves the list of open ones', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(['Sleep', 'Read']);
  await openTasks(page, '/tasks?filter=open');
  await page.getByRole('checkbox', { name: 'Sleep' }).click();
  await expect(row(page, 'Sleep')).toHaveCount(0);
  await expect(row(page, 'Read')).toBeVisible();

  await page.getByRole('link', { name: 'Done' }).click();
  await expect(page.getByRole('checkbox', { name: 'Sleep' })).toBeChecked();
  await page.getByRole('checkbox', { name: 'Sleep' }).click();
  await expect(page.getByText('Nothing done yet')).toBeVisible();
  await page.getByRole('link', { name: 'All' }).click();
  await expect(page.getByRole('checkbox', { name: 'Sleep' })).not.toBeChecked();
});

test('title, notes and due date are edited in the dialog', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(['Plan']);
  await openTasks(page);
  await page.getByRole('button', { name: 'Edit Plan' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit task' });
  await dialog.getByLabel('Title').fill('Plan the trip');
  await dialog.getByLabel('Notes').fill('Trains first');
  await dialog.getByLabel('Due date').fill(day(1));
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(row(page, 'Plan the trip')).toContainText('Trains first');
  await expect(row(page, 'Plan the trip')).toContainText('Tomorrow');

  await page.reload();
  await page.getByRole('button', { name: 'Edit Plan the trip' }).click();
  await expect(dialog.getByLabel('Notes')).toHaveValue('Trains first');
  await expect(dialog.getByLabel('Due date')).toHaveValue(day(1));
  await dialog.getByLabel('Title').fill(' ');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('alert')).toContainText('needs a title');
});

test('the calendar and the short ways set the due date', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(['Plan']);
  await openTasks(page);
  await page.getByRole('button', { name: 'Edit Plan' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit task' });
  await dialog.getByRole('button', { name: 'Today' }).click();
  await expect(dialog.getByLabel('Due date')).toHaveValue(day(0));
  await dialog.getByRole('button', { name: 'Open the calendar' }).click();
  await page.getByRole('button', { name: 'Go to the Next Month' }).click();
  await page
    .getByRole('grid')
    .getByRole('button', { name: /\b15\b/ })
    .click();
  await expect(dialog.getByLabel('Due date')).toHaveValue(/-15$/);
  await dialog.getByRole('button', { name: 'No date' }).click();
  await expect(dialog.getByLabel('Due date')).toHaveValue('');
});

test('due dates read as words, overdue ones also in text', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks([
    { title: 'Yesterday’s', dueAt: endOf(-1) },
    { title: 'Tomorrow’s', dueAt: endOf(1) },
    { title: 'Old', dueAt: '2020-05-04T10:00:00Z' },
  ]);
  await openTasks(page);
  await expect(row(page, 'Yesterday’s')).toContainText('Overdue · Yesterday');
  await expect(row(page, 'Tomorrow’s')).toContainText('Tomorrow');
  await expect(row(page, 'Old')).toContainText('Overdue · May 4, 2020');
});

test('a task is due until midnight, and a page that stays open overnight says when it no longer is', async ({
  ada,
}) => {
  const { page } = ada;
  await page.clock.install({ time: '2031-01-31T12:00:00Z' });
  await ada.createTasks(['Plan']);
  await openTasks(page);
  await page.getByRole('button', { name: 'Edit Plan' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit task' });
  await dialog.getByRole('button', { name: 'Today' }).click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toHaveCount(0);
  const due = row(page, 'Plan').getByText(/^(Overdue · )?(Today|Yesterday)$/);
  await expect(due).toHaveText('Today');
  await page.clock.fastForward('10:57:00');
  await expect(due).toHaveText('Today');
  await page.clock.fastForward('05:00');
  await expect(due).toHaveText('Overdue · Yesterday');
});

test('a date that is half typed is no date', async ({ ada }) => {
  const { page } = ada;
  const [task] = await ada.createTasks([{ title: 'Plan', dueAt: endOf(1) }]);
  await openTasks(page);
  await page.getByRole('button', { name: 'Edit Plan' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit task' });
  await dialog.getByRole('button', { name: 'No date' }).click();
  await dialog.getByLabel('Due date').focus();
  await page.keyboard.type('12');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('alert')).toContainText('not a date');
  await expect(dialog.getByLabel('Due date')).toBeFocused();
  await dialog.getByRole('button', { name: 'Today' }).click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(row(page, 'Plan')).toContainText('Today');
  expect((await ada.callApi('GET', `/api/tasks/${task?.id}`)).body).not.toMatchObject({ dueAt: null });
});

test('a save that ends after its dialog was left closes no other one, and says what it could not do', async ({
  ada,
}) => {
  const { page } = ada;
  await ada.createTasks(['Plan', 'Other']);
  await openTasks(page);
  const dialog = page.getByRole('dialog', { name: 'Edit task' });
  const edit = (title: string) => page.getByRole('button', { name: `Edit ${title}` }).click();
  let answer = (_status: number) => {};
  await page.route('**/api/tasks/*', async (route) => {
    if (route.request().method() !== 'PATCH') {
      return route.continue();
    }
    const status = await new Promise<number>((resolve) => (answer = resolve));
    const headers = { 'access-control-allow-origin': '*' };
    return status === 200 ? route.continue() : route.fulfill({ status, headers });
  });

  async function saveAndLeave(notes: string, status: number) {
    await edit('Plan');
    await dialog.getByLabel('Notes').fill(notes);
    const asked = page.waitForRequest((request) => request.method() === 'PATCH');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await asked;
    await page.goBack();
    await expect(dialog).toHaveCount(0);
    await edit('Other');
    await expect(dialog.getByLabel('Title')).toHaveValue('Other');
    const answered = page.waitForResponse((response) => response.request().method() === 'PATCH');
    answer(status);
    await answered;
  }

  await saveAndLeave('Saved', 200);
  await expect(page.locator('[data-task]').filter({ hasText: 'Saved' })).toBeVisible();
  await expect(dialog.getByLabel('Title')).toHaveValue('Other');
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL('/tasks');

  await saveAndLeave('Not saved yet', 503);
  await expect(page.getByRole('alert').filter({ hasText: '“Plan” was not saved' })).toBeVisible();
  await expect(dialog.getByLabel('Title')).toHaveValue('Other');
  await page.keyboard.press('Escape');
  await edit('Plan');
  await expect(dialog.getByLabel('Notes')).toHaveValue('Not saved yet');
});

test('a message above a dialog is announced, and its button leaves the dialog open', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(['Plan', 'Other']);
  await openTasks(page);
  await page.getByRole('button', { name: 'Delete Other' }).click();
  await page.getByRole('button', { name: 'Edit Plan' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit task' });
  await dialog.getByLabel('Notes').fill('Half a thought');
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  await expect(page.locator('[data-task]')).toHaveCount(2);
  await expect(dialog.getByLabel('Notes')).toHaveValue('Half a thought');
  await expect(dialog.getByRole('alert')).toHaveCount(0);
});

test('a dialog with changes asks before it closes', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(['Plan']);
  await openTasks(page);
  await page.getByRole('button', { name: 'Edit Plan' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit task' });
  await dialog.getByLabel('Notes').fill('Half a thought');
  await page.keyboard.press('Escape');
  await expect(dialog.getByRole('alert')).toContainText('not saved yet');
  await dialog.getByRole('button', { name: 'Keep editing' }).click();
  await expect(dialog.getByLabel('Notes')).toHaveValue('Half a thought');
  await page.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'Discard' }).click();
  await expect(dialog).toHaveCount(0);
  await page.getByRole('button', { name: 'Edit Plan' }).click();
  await expect(dialog.getByLabel('Notes')).toHaveValue('');
});

test.describe('a deletion', () => {
  test('is undone in time', async ({ ada }) => {
    const { page } = ada;
    const [task] = await ada.createTasks(['Keep me']);
    await openTasks(page);
    const requests = deletions(page);
    await page.getByRole('button', { name: 'Delete Keep me' }).click();
    await expect(row(page, 'Keep me')).toHaveCount(0);
    await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
    await expect(row(page, 'Keep me')).toBeVisible();
    await expect(page.getByRole('status').getByRole('button', { name: 'Undo' })).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Edit Keep me' })).toBeFocused();
    await page.reload();
    await expect(row(page, 'Keep me')).toBeVisible();
    expect(requests).toEqual([]);
    expect((await ada.callApi('GET', `/api/tasks/${task?.id}`)).status).toBe(200);
  });

  test('is sent when the message goes after 8 seconds', async ({ ada }) => {
    const { page } = ada;
    const [task] = await ada.createTasks(['Go', 'Stay']);
    await openTasks(page);
    const requests = deletions(page);
    await page.getByRole('button', { name: 'Delete Go' }).click();
    const undo = page.getByRole('status').getByRole('button', { name: 'Undo' });
    await expect(undo).toBeVisible();
    await page.waitForTimeout(6_500);
    expect(requests).toEqual([]);
    await expect(undo).toHaveCount(0, { timeout: 4_000 });
    await expect.poll(async () => (await ada.callApi('GET', `/api/tasks/${task?.id}`)).status).toBe(404);
    await expect(row(page, 'Stay')).toBeVisible();
  });

  test('is sent when another task is deleted', async ({ ada }) => {
    const { page } = ada;
    const [first, second] = await ada.createTasks(['First', 'Second']);
    await openTasks(page);
    await page.getByRole('button', { name: 'Delete First' }).click();
    await page.getByRole('button', { name: 'Delete Second' }).click();
    await expect.poll(async () => (await ada.callApi('GET', `/api/tasks/${first?.id}`)).status).toBe(404);
    expect((await ada.callApi('GET', `/api/tasks/${second?.id}`)).status).toBe(200);
    await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
    await expect(row(page, 'Second')).toBeVisible();
    await expect(row(page, 'First')).toHaveCount(0);
  });

  for (const [way, leave] of [
    ['reloaded', (page: Page) => page.reload()],
    ['left for another site', (page: Page) => page.goto('about:blank')],
    ['closed', (page: Page) => page.close({ runBeforeUnload: false })],
    ['left for sign-out', (page: Page) => leaveBySigningOut(page)],
    ['left for the settings', (page: Page) => goToSettings(page)],
  ] as const) {
    test(`is sent when the page is ${way}`, async ({ ada }) => {
      const [task] = await ada.createTasks(['Go']);
      const status = await ada.statusOf(task?.id as string);
      await openTasks(ada.page);
      await ada.page.getByRole('button', { name: 'Delete Go' }).click();
      await expect(row(ada.page, 'Go')).toHaveCount(0);
      expect(await status()).toBe(200);
      await leave(ada.page);
      await expect.poll(status).toBe(404);
    });
  }

  test('with a key that is held down takes one task', async ({ ada }) => {
    const { page } = ada;
    await ada.createTasks(['One', 'Two', 'Three']);
    await openTasks(page);
    await page.keyboard.press('j');
    await page.keyboard.down('Delete');
    await page.keyboard.down('Delete');
    await page.keyboard.up('Delete');
    await expect(page.getByRole('checkbox')).toHaveCount(2);
  });

  test('that the server refuses brings the task back, with a sentence', async ({ ada, system }) => {
    const { page } = ada;
    await ada.createTasks(['Back again', 'Other']);
    await openTasks(page);
    await system.api.stop();
    await page.getByRole('button', { name: 'Delete Back again' }).click();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await expect(page.getByRole('alert').filter({ hasText: '“Back again” was not deleted' })).toBeVisible();
    await expect(row(page, 'Back again')).toBeVisible();
    await system.api.start();
  });
});

test('filters live in the address: back, forward, reload and a shared link keep them', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(['Apples', { title: 'Bananas', completed: true }, 'Cherries']);
  await openTasks(page);
  await page.getByRole('link', { name: 'Done' }).click();
  await expect(page).toHaveURL('/tasks?filter=done');
  await expect(page.getByRole('checkbox')).toHaveCount(1);
  await page.getByRole('link', { name: 'Open' }).click();
  await expect(page.getByRole('checkbox')).toHaveCount(2);
  await page.getByRole('searchbox', { name: 'Search tasks' }).pressSequentially('CHER');
  await expect(page).toHaveURL('/tasks?filter=open&search=CHER');
  await expect(page.getByRole('checkbox')).toHaveCount(1);

  await page.reload();
  await expect(page.getByRole('searchbox', { name: 'Search tasks' })).toHaveValue('CHER');
  await expect(page.getByRole('checkbox')).toHaveCount(1);
  await page.goBack();
  await expect(page).toHaveURL('/tasks?filter=done');
  await expect(page.getByRole('searchbox', { name: 'Search tasks' })).toHaveValue('');
  await expect(page.getByRole('checkbox', { name: 'Bananas' })).toBeVisible();
  await page.goForward();
  await expect(page.getByRole('searchbox', { name: 'Search tasks' })).toHaveValue('CHER');

  const shared = await ada.context.newPage();
  await openTasks(shared, '/tasks?search=an&sort=title');
  await expect(shared.getByRole('checkbox')).toHaveCount(1);
  await shared.getByRole('searchbox', { name: 'Search tasks' }).fill('nothing like it');
  await expect(shared.getByText('Nothing found for “nothing like it”')).toBeVisible();
});

test('no letter of a search is lost where the page is slow to follow', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(['Plan']);
  await openTasks(page);
  const search = page.getByRole('searchbox', { name: 'Search tasks' });
  const browser = await ada.context.newCDPSession(page);
  await browser.send('Emulation.setCPUThrottlingRate', { rate: 20 });
  await search.pressSequentially('abcdefghij', { delay: 210 });
  await expect(search).toHaveValue('abcdefghij');
  await expect(page).toHaveURL('/tasks?search=abcdefghij');
  await browser.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  await expect(page.getByText('Nothing found for “abcdefghij”')).toBeVisible();
  await expect(search).toHaveValue('abcdefghij');
});

test('tasks are sorted', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks([
    { title: 'B', dueAt: '2031-01-01T00:00:00Z' },
    'C',
    { title: 'A', dueAt: '2032-01-01T00:00:00Z' },
  ]);
  await openTasks(page);
  const titles = () => page.getByRole('checkbox').evaluateAll((boxes) => boxes.map((box) => box.ariaLabel));
  await expect.poll(titles).toEqual(['A', 'C', 'B']);
  await page.getByLabel('Sort by').selectOption('title');
  await expect(page).toHaveURL('/tasks?sort=title');
  await expect.poll(titles).toEqual(['A', 'B', 'C']);
  await page.getByLabel('Sort by').selectOption('dueAt');
  await expect.poll(titles).toEqual(['B', 'A', 'C']);
});

test('sixty tasks arrive as one scrolls, each once, and without a jump', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(Array.from({ length: 60 }, (_, index) => `Task ${index + 1}`));
  await page.addInitScript(() => {
    Object.assign(window, { shift: 0 });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[]) {
        (window as unknown as { shift: number }).shift += entry.value;
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await openTasks(page);
  await expect(row(page, 'Task 60')).toBeVisible();
  await expect(row(page, 'Task 1')).toHaveCount(0);
  await expect(async () => {
    await page.mouse.wheel(0, 2_000);
    await expect(row(page, 'Task 1')).toBeInViewport({ timeout: 250 });
  }).toPass();
  const titles = await page.getByRole('checkbox').evaluateAll((boxes) => boxes.map((box) => box.ariaLabel));
  expect(titles).toEqual(Array.from({ length: 60 }, (_, index) => `Task ${60 - index}`));
  expect(await page.evaluate(() => (window as unknown as { shift: number }).shift)).toBeLessThan(0.02);
});

test('more tasks that can’t be had are said to be missing, and asked for again', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(Array.from({ length: 40 }, (_, index) => `Task ${index + 1}`));
  await page.route('**/api/tasks?*cursor=*', (route) => route.fulfill({ status: 500 }));
  await openTasks(page);
  const failure = page.getByRole('alert').filter({ hasText: 'can’t be shown' });
  await page.getByRole('button', { name: 'Show more' }).scrollIntoViewIfNeeded();
  await expect(failure).toBeVisible();
  await expect(page.getByRole('checkbox')).toHaveCount(25);
  await page.unroute('**/api/tasks?*cursor=*');
  await failure.getByRole('button', { name: 'Try again' }).click();
  await expect(failure).toHaveCount(0);
  await page.getByRole('checkbox', { name: 'Task 16' }).scrollIntoViewIfNeeded();
  await expect(page.getByRole('checkbox')).toHaveCount(40);
});

test('until the list is there, its place is held', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(['Plan']);
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route('**/api/tasks?*', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/tasks');
  const place = page.locator('[aria-busy=true]').filter({ hasText: 'Loading your tasks' });
  await expect(place).toBeVisible();
  answer();
  await expect(row(page, 'Plan')).toBeVisible();
  await expect(place).toHaveCount(0);
});

test('two users see their own tasks alone; another’s address shows "not found"', async ({ ada, bob }) => {
  const [task] = await ada.createTasks(['Ada’s secret']);
  await bob.createTasks(['Bob’s plan']);
  await Promise.all([openTasks(ada.page), openTasks(bob.page)]);
  await expect(row(ada.page, 'Ada’s secret')).toBeVisible();
  await expect(row(bob.page, 'Bob’s plan')).toBeVisible();
  await expect(ada.page.getByRole('checkbox')).toHaveCount(1);
  await expect(bob.page.getByRole('checkbox')).toHaveCount(1);

  await ada.page.goto(`/tasks/${task?.id}`);
  await expect(ada.page.getByRole('dialog', { name: 'Edit task' }).getByLabel('Title')).toHaveValue(
    'Ada’s secret',
  );
  await bob.page.goto(`/tasks/${task?.id}`);
  await expect(bob.page.getByRole('dialog', { name: 'Task not found' })).toBeVisible();
  await bob.page.goto('/tasks/no-such-id');
  await expect(bob.page.getByRole('dialog', { name: 'Task not found' })).toBeVisible();
  await bob.page.getByRole('button', { name: 'Back to your tasks' }).click();
  await expect(bob.page).toHaveURL('/tasks');
});

test('the address of an open task survives reload, and back closes it', async ({ ada }) => {
  const { page } = ada;
  const [task] = await ada.createTasks(['Plan']);
  await openTasks(page, '/tasks?filter=open');
  await page.getByRole('button', { name: 'Edit Plan' }).click();
  await expect(page).toHaveURL(`/tasks/${task?.id}?filter=open`);
  const dialog = page.getByRole('dialog', { name: 'Edit task' });
  await page.reload();
  await expect(dialog.getByLabel('Title')).toHaveValue('Plan');
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL('/tasks?filter=open');
  await page.getByRole('button', { name: 'Edit Plan' }).click();
  await expect(dialog).toBeVisible();
  await page.goBack();
  await expect(dialog).toHaveCount(0);
});

test.describe('a change that meets another one', () => {
  for (const { choice, title, notes } of [
    { choice: 'Keep mine', title: 'From the first tab', notes: '' },
    { choice: 'Keep the saved one', title: 'From the second tab', notes: 'New notes' },
  ]) {
    test(`shows both versions: ${choice}`, async ({ ada }) => {
      const [task] = await ada.createTasks(['Shared']);
      const [first, second] = [ada.page, await ada.context.newPage()];
      await openTasks(first);
      await first.getByRole('button', { name: 'Edit Shared' }).click();
      await first.getByLabel('Title').fill('From the first tab');

      await openTasks(second);
      await second.getByRole('button', { name: 'Edit Shared' }).click();
      await second.getByLabel('Title').fill('From the second tab');
      await second.getByLabel('Notes').fill('New notes');
      await second.getByRole('button', { name: 'Save' }).click();
      await expect(second.getByRole('dialog')).toHaveCount(0);

      await first.getByRole('button', { name: 'Save' }).click();
      await expect(first.getByRole('alert').filter({ hasText: 'changed elsewhere' })).toBeVisible();
      await expect(first.getByRole('region', { name: 'Your version' })).toContainText('From the first tab');
      await expect(first.getByRole('region', { name: 'The saved version' })).toContainText(
        'From the second tab',
      );
      await first.getByRole('button', { name: choice }).click();
      await expect(first.getByRole('dialog')).toHaveCount(0);
      await expect(row(first, title)).toBeVisible();
      const { body } = await ada.callApi('GET', `/api/tasks/${task?.id}`);
      expect(body).toMatchObject({ title, description: notes || null });
    });
  }
});

test('a change that meets another one can be edited on, and is not given up unasked', async ({ ada }) => {
  const { page } = ada;
  const [task] = await ada.createTasks(['Shared']);
  await openTasks(page);
  await page.getByRole('button', { name: 'Edit Shared' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit task' });
  await dialog.getByLabel('Notes').fill('Mine');
  await ada.callApi('PATCH', `/api/tasks/${task?.id}`, { description: 'Theirs' });
  await dialog.getByRole('button', { name: 'Save' }).click();
  const mine = dialog.getByRole('region', { name: 'Your version' });
  await expect(mine).toContainText('Mine');

  await page.keyboard.press('Escape');
  await expect(dialog.getByText('Your changes are not saved yet')).toBeVisible();
  await dialog.getByRole('button', { name: 'Keep editing' }).click();
  await dialog.getByRole('button', { name: 'Back to editing' }).click();
  await dialog.getByLabel('Notes').fill('Mine and theirs');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(mine).toContainText('Mine and theirs');
  await dialog.getByRole('button', { name: 'Keep mine' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(row(page, 'Shared')).toContainText('Mine and theirs');
});

/** The addresses that the page has asked to delete, from now on. */
function deletions(page: Page): string[] {
  const addresses: string[] = [];
  page.on('request', (request) => request.method() === 'DELETE' && addresses.push(request.url()));
  return addresses;
}

async function leaveBySigningOut(page: Page) {
  await signOut(page);
  await page.waitForURL('/sign-in');
}

async function goToSettings(page: Page) {
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.waitForURL('/settings/profile');
}
