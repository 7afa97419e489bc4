import type { Page } from '@playwright/test';
import { expect, openTasks, row, signOut, test } from './users.js';

/** Returns a day in the format of a date input and the time zone of the browser. */
function day(fromToday: number): string {
  const date = new Date(Date.now() + fromToday * 24 * 60 * 60 * 1000);
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin' }).format(date);
}

function endOf(fromToday: number): string {
  return new Date(`${day(fromToday)}T21:00:00Z`).toISOString();
}

test('Enter adds tasks in the order in which they were typed and keeps the focus', async ({
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
  test(`a message links to a new task that the filter hides: ${address}`, async ({ ada: { page } }) => {
    await openTasks(page, address);
    await page.getByRole('textbox', { name: 'New task' }).fill('Read');
    await page.keyboard.press('Enter');
    const toast = page.getByRole('status').filter({ hasText: 'Added “Read”' });
    await expect(toast).toBeVisible();
    await expect(row(page, 'Read')).toHaveCount(0);
    await goToSettings(page);
    await toast.getByRole('button', { name: 'Show open tasks' }).click();
    await expect(page).toHaveURL('/tasks');
    await expect(row(page, 'Read')).toBeVisible();
  });
}

test('a message tells that a new task is sorted into the list', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(['Apples', 'Cherries']);
  await openTasks(page, '/tasks?sort=title');
  await page.getByRole('textbox', { name: 'New task' }).fill('Bananas');
  await page.keyboard.press('Enter');
  const toast = page.getByRole('status').filter({ hasText: 'Added “Bananas”. It’s sorted into the list' });
  await expect(toast).toBeVisible();
  await expect(page.getByRole('checkbox').nth(1)).toHaveAccessibleName('Bananas');
  await toast.getByRole('button', { name: 'Newest first' }).click();
  await expect(page).toHaveURL('/tasks');
  await expect(page.getByRole('checkbox').first()).toHaveAccessibleName('Bananas');
});

test('a blank title adds no task, and a long title shows an error', async ({ ada: { page } }) => {
  await openTasks(page);
  const field = page.getByRole('textbox', { name: 'New task' });
  await field.fill('   ');
  await field.press('Enter');
  await field.fill('x'.repeat(201));
  await field.press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: 'at most 200' })).toBeVisible();
  await expect(field).toHaveValue('x'.repeat(201));
  await expect(page.getByText('No open tasks')).toBeVisible();
});

test('a chip under the new task sets its due date, with the keyboard and the mouse', async ({ ada }) => {
  const { page } = ada;
  const press = (keys: string) => page.keyboard.press(keys);
  await openTasks(page);
  const field = page.getByRole('textbox', { name: 'New task' });
  const chips = page.getByRole('group', { name: 'Due date' });
  await expect(chips).toHaveCount(0);
  await field.fill('Call');
  await press('Tab');
  await press('Tab');
  await press('Tab');
  await expect(chips.getByRole('button', { name: 'Tomorrow' })).toBeFocused();
  await press('Space');
  await expect(chips.getByRole('button', { name: 'Tomorrow' })).toHaveAttribute('aria-pressed', 'true');
  await expect(field).toBeFocused();
  await press('Enter');
  await expect(row(page, 'Call')).toContainText('Tomorrow');

  await expect(chips).toHaveCount(0);
  await field.fill('Write');
  await expect(chips.getByRole('button', { pressed: true })).toHaveCount(0);
  for (const name of ['Next week', 'Today', 'Today']) {
    await chips.getByRole('button', { name }).click();
  }
  await expect(chips.getByRole('button', { pressed: true })).toHaveCount(0);
  await chips.getByRole('button', { name: 'Today' }).click();
  await press('Enter');
  await expect(row(page, 'Write')).toContainText('Today');
  await page.getByRole('link', { name: 'Today' }).click();
  await expect.poll(() => titles(page)).toEqual(['Write']);
  await field.fill('Read');
  await press('Enter');
  await expect(page.getByRole('status').filter({ hasText: 'Added “Read”' })).toBeVisible();
});

test('a failed task keeps its due date', async ({ ada }) => {
  const { page } = ada;
  await openTasks(page);
  await page.route('**/api/tasks', (route) => route.abort());
  await page.getByRole('textbox', { name: 'New task' }).fill('Call');
  await page.getByRole('button', { name: 'Tomorrow' }).click();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: 'Not saved' })).toBeVisible();
  await page.unroute('**/api/tasks');
  await page.reload();
  await expect(page.getByRole('button', { name: 'Tomorrow' })).toHaveAttribute('aria-pressed', 'true');
  await page.getByRole('textbox', { name: 'New task' }).press('Enter');
  await expect(row(page, 'Call')).toContainText('Tomorrow');
});

test('a title with HTML is shown as text', async ({ ada: { page } }) => {
  const title = '<img src=x onerror="document.title=\'owned\'"> & </script>';
  await openTasks(page);
  await page.getByRole('textbox', { name: 'New task' }).fill(title);
  await page.keyboard.press('Enter');
  await expect(row(page, title)).toContainText(title);
  await page.getByRole('button', { name: `Edit ${title}` }).click();
  await expect(page.getByRole('dialog').getByLabel('Title')).toHaveValue(title);
  await expect(page).not.toHaveTitle('owned');
});

test('a completed task disappears from the list of open tasks', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(['Sleep', 'Read']);
  await openTasks(page);
  await expect(page.getByRole('link', { name: 'Open' })).toHaveAttribute('aria-current', 'page');
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

test('a user edits the title, notes and due date', async ({ ada }) => {
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
  await expect(dialog.getByRole('alert')).toContainText('Enter a title');
});

test('a task can be completed and reopened in its dialog', async ({ ada }) => {
  const { page } = ada;
  const [task] = await ada.createTasks(['Plan', 'Other']);
  await openTasks(page);
  for (const completed of [true, false]) {
    await page.getByRole('button', { name: 'Edit Plan' }).click();
    const done = page.getByRole('dialog').getByRole('checkbox', { name: 'Done' });
    await expect(done).toBeChecked({ checked: !completed });
    await done.click();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(row(page, 'Plan')).toHaveCount(0);
    expect((await ada.callApi('GET', `/api/tasks/${task?.id}`)).body).toMatchObject({ completed });
    await page.getByRole('link', { name: completed ? 'Done' : 'Open' }).click();
  }
  await expect(row(page, 'Plan')).toBeVisible();
});

test('a task can be deleted in its dialog, with undo, and the focus moves to the next one', async ({
  ada,
}) => {
  const { page } = ada;
  const [, task] = await ada.createTasks(['Three', 'Two', 'One']);
  await openTasks(page);
  await page.getByRole('button', { name: 'Edit Two' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit task' });
  await dialog.getByLabel('Notes').fill('Half a thought');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page).toHaveURL('/tasks');
  await expect(row(page, 'Two')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Edit Three' })).toBeFocused();
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('button', { name: 'Edit Two' })).toBeFocused();
  await page.getByRole('button', { name: 'Edit Two' }).click();
  await expect(dialog.getByLabel('Notes')).toHaveValue('');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect.poll(async () => (await ada.callApi('GET', `/api/tasks/${task?.id}`)).status).toBe(404);
});

test('the calendar and the quick picks set the due date', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(['Plan']);
  await openTasks(page);
  await page.getByRole('button', { name: 'Edit Plan' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit task' });
  await dialog.getByRole('button', { name: 'Today' }).click();
  await expect(dialog.getByLabel('Due date')).toHaveValue(day(0));
  await dialog.getByRole('button', { name: 'Open calendar' }).click();
  await page.getByRole('button', { name: 'Next month' }).click();
  await page
    .getByRole('grid')
    .getByRole('button', { name: /\b15\b/ })
    .click();
  await expect(dialog.getByLabel('Due date')).toHaveValue(/-15$/);
  await dialog.getByRole('button', { name: 'Clear date' }).click();
  await expect(dialog.getByLabel('Due date')).toHaveValue('');
});

test('a due date is shown as text, including whether it is overdue', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks([
    { title: 'Yesterday’s', dueAt: endOf(-1) },
    { title: 'Tomorrow’s', dueAt: endOf(1) },
    { title: 'Old', dueAt: '2020-05-04T10:00:00Z' },
  ]);
  await openTasks(page);
  await expect(row(page, 'Yesterday’s')).toContainText('Overdue · Yesterday');
  await expect(row(page, 'Tomorrow’s')).toContainText('Tomorrow');
  await expect(row(page, 'Old')).toContainText('Overdue · 4 May 2020');
});

test('a task that is done is never overdue', async ({ ada }) => {
  const { page } = ada;
  const [task] = await ada.createTasks([{ title: 'Old', dueAt: '2020-05-04T10:00:00Z', completed: true }]);
  await openTasks(page, '/tasks?filter=done');
  await expect(row(page, 'Old')).toContainText('4 May 2020');
  await expect(row(page, 'Old')).not.toContainText('Overdue');

  await page.getByRole('button', { name: 'Edit Old' }).click();
  await page.getByLabel('Title').fill('Mine');
  await ada.callApi('PATCH', `/api/tasks/${task?.id}`, { title: 'Theirs' });
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('region', { name: 'Saved version' })).toContainText('4 May 2020');
  await expect(page.getByRole('dialog')).not.toContainText('Overdue');
});

test('"Today" and "Overdue" show the open tasks that are due, in the time zone of the browser', async ({
  ada,
}) => {
  const { page } = ada;
  await page.clock.setFixedTime('2031-01-31T12:00:00Z');
  await ada.createTasks([
    { title: 'Yesterday’s last', dueAt: '2031-01-30T22:59:59.999Z' },
    { title: 'Today’s first', dueAt: '2031-01-30T23:00:00Z' },
    { title: 'Today’s last', dueAt: '2031-01-31T22:59:59.999Z' },
    { title: 'Tomorrow’s first', dueAt: '2031-01-31T23:00:00Z' },
    { title: 'Today’s, done', dueAt: '2031-01-31T13:00:00Z', completed: true },
    { title: 'Yesterday’s, done', dueAt: '2031-01-30T13:00:00Z', completed: true },
    'Without a date',
  ]);
  await openTasks(page, '/tasks?sort=dueAt');
  await page.getByRole('link', { name: 'Today' }).click();
  await expect(page).toHaveURL('/tasks?filter=today&sort=dueAt');
  await expect.poll(() => titles(page)).toEqual(['Today’s first', 'Today’s last']);
  await page.getByRole('link', { name: 'Overdue' }).click();
  await expect(page).toHaveURL('/tasks?filter=overdue&sort=dueAt');
  await expect.poll(() => titles(page)).toEqual(['Yesterday’s last', 'Today’s first']);
  for (const title of ['Yesterday’s last', 'Today’s first']) {
    await page.getByRole('checkbox', { name: title }).click();
  }
  await expect(page.getByText('Nothing overdue')).toBeVisible();
});

test('all tasks sorted by due date are the open ones, then those that are done', async ({ ada }) => {
  const { page } = ada;
  const done = Array.from({ length: 30 }, (_, index) => ({
    title: `Done ${index + 1}`,
    dueAt: new Date(Date.UTC(2020, 0, index + 1)).toISOString(),
    completed: true,
  }));
  await ada.createTasks([...done, 'Without a date', { title: 'Due', dueAt: endOf(1) }]);
  await openTasks(page, '/tasks?filter=all&sort=dueAt');
  await page.getByRole('checkbox', { name: 'Done 25' }).scrollIntoViewIfNeeded();
  await expect.poll(() => titles(page)).toEqual(['Due', 'Without a date', ...done.map(({ title }) => title)]);
});

test('the focus moves to the next task when a completed one disappears', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(['Three', 'Two', 'One']);
  await openTasks(page);
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await expect(row(page, 'One')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Edit Two' })).toBeFocused();
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await expect(row(page, 'Three')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Edit Two' })).toBeFocused();
});

test('a task is overdue after midnight, also on a page that stays open', async ({ ada }) => {
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

test('an incomplete date shows an error', async ({ ada }) => {
  const { page } = ada;
  const [task] = await ada.createTasks([{ title: 'Plan', dueAt: endOf(1) }]);
  await openTasks(page);
  await page.getByRole('button', { name: 'Edit Plan' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit task' });
  await dialog.getByRole('button', { name: 'Clear date' }).click();
  await dialog.getByLabel('Due date').focus();
  await page.keyboard.type('12');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('alert')).toContainText('Enter a valid date');
  await expect(dialog.getByLabel('Due date')).toBeFocused();
  await dialog.getByRole('button', { name: 'Today' }).click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(row(page, 'Plan')).toContainText('Today');
  expect((await ada.callApi('GET', `/api/tasks/${task?.id}`)).body).not.toMatchObject({ dueAt: null });
});

test('a late response to a save does not close another dialog, and a failure shows a message', async ({
  ada,
}) => {
  const { page } = ada;
  await ada.createTasks(['Plan', 'Other']);
  await openTasks(page);
  const dialog = page.getByRole('dialog', { name: 'Edit task' });
  const edit = (title: string) => page.getByRole('button', { name: `Edit ${title}` }).click();
  let respond = (_status: number) => {};
  await page.route('**/api/tasks/*', async (route) => {
    if (route.request().method() !== 'PATCH') {
      return route.continue();
    }
    const status = await new Promise<number>((resolve) => (respond = resolve));
    const headers = { 'access-control-allow-origin': '*' };
    return status === 200 ? route.continue() : route.fulfill({ status, headers });
  });

  async function saveAndLeave(notes: string, status: number) {
    await edit('Plan');
    await dialog.getByLabel('Notes').fill(notes);
    const requested = page.waitForRequest((request) => request.method() === 'PATCH');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await requested;
    await page.goBack();
    await expect(dialog).toHaveCount(0);
    await edit('Other');
    await expect(dialog.getByLabel('Title')).toHaveValue('Other');
    const responded = page.waitForResponse((response) => response.request().method() === 'PATCH');
    respond(status);
    await responded;
  }

  await saveAndLeave('Saved', 200);
  await expect(page.locator('[data-task]').filter({ hasText: 'Saved' })).toBeVisible();
  await expect(dialog.getByLabel('Title')).toHaveValue('Other');
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL('/tasks');

  await saveAndLeave('Not saved yet', 503);
  await expect(page.getByRole('alert').filter({ hasText: 'Couldn’t save “Plan”' })).toBeVisible();
  await expect(dialog.getByLabel('Title')).toHaveValue('Other');
  await page.keyboard.press('Escape');
  await edit('Plan');
  await expect(dialog.getByLabel('Notes')).toHaveValue('Not saved yet');
});

test('a toast above a dialog is accessible, and its button does not close the dialog', async ({ ada }) => {
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

test('the dialog asks before it discards changes', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(['Plan']);
  await openTasks(page);
  await page.getByRole('button', { name: 'Edit Plan' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit task' });
  await dialog.getByLabel('Notes').fill('Half a thought');
  await page.keyboard.press('Escape');
  await expect(dialog.getByRole('alert')).toContainText('unsaved changes');
  await dialog.getByRole('button', { name: 'Keep editing' }).click();
  await expect(dialog.getByLabel('Notes')).toHaveValue('Half a thought');
  await page.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'Discard' }).click();
  await expect(dialog).toHaveCount(0);
  await page.getByRole('button', { name: 'Edit Plan' }).click();
  await expect(dialog.getByLabel('Notes')).toHaveValue('');
});

test('the dialog asks before it discards a change of a moment ago', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(['Plan']);
  await openTasks(page);
  await page.getByRole('button', { name: 'Edit Plan' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit task' });
  await dialog.getByLabel('Notes').evaluate(async (notes: HTMLTextAreaElement) => {
    notes.focus();
    document.execCommand('insertText', false, 'Half a thought');
    await Promise.resolve();
    notes.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
  });
  await expect(dialog.getByRole('alert')).toContainText('unsaved changes');
  await expect(dialog.getByLabel('Notes')).toHaveValue('Half a thought');
});

test.describe('deleting a task', () => {
  test('can be undone', async ({ ada }) => {
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

  test('is sent when the message closes after 8 seconds', async ({ ada }) => {
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

  for (const [moment, leave] of [
    ['on reload', (page: Page) => page.reload()],
    ['when the user leaves for another site', (page: Page) => page.goto('about:blank')],
    ['when the page is closed', (page: Page) => page.close({ runBeforeUnload: false })],
    ['on sign-out', (page: Page) => leaveBySigningOut(page)],
    ['when the user opens the settings', (page: Page) => goToSettings(page)],
  ] as const) {
    test(`is sent ${moment}`, async ({ ada }) => {
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

  test('with a held key deletes one task', async ({ ada }) => {
    const { page } = ada;
    await ada.createTasks(['One', 'Two', 'Three']);
    await openTasks(page);
    await page.keyboard.press('j');
    await page.keyboard.down('Delete');
    await page.keyboard.down('Delete');
    await page.keyboard.up('Delete');
    await expect(page.getByRole('checkbox')).toHaveCount(2);
  });

  test('shows the task again and an error if the request fails', async ({ ada, system }) => {
    const { page } = ada;
    await ada.createTasks(['Back again', 'Other']);
    await openTasks(page);
    await system.api.stop();
    await page.getByRole('button', { name: 'Delete Back again' }).click();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'Couldn’t delete “Back again”' })).toBeVisible();
    await expect(row(page, 'Back again')).toBeVisible();
    await system.api.start();
  });
});

test('back, forward, reload and a shared link keep the filters', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(['Apples', { title: 'Bananas', completed: true }, 'Cherries']);
  await openTasks(page);
  await page.getByRole('link', { name: 'Done' }).click();
  await expect(page).toHaveURL('/tasks?filter=done');
  await expect(page.getByRole('checkbox')).toHaveCount(1);
  await page.getByRole('link', { name: 'Open' }).click();
  await expect(page.getByRole('checkbox')).toHaveCount(2);
  await page.getByRole('searchbox', { name: 'Search tasks' }).pressSequentially('CHER');
  await expect(page).toHaveURL('/tasks?search=CHER');
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
  await openTasks(shared, '/tasks?filter=all&search=an&sort=title');
  await expect(shared.getByRole('checkbox')).toHaveCount(1);
  await shared.getByRole('searchbox', { name: 'Search tasks' }).fill('nothing like it');
  await expect(shared.getByText('No results for “nothing like it”')).toBeVisible();
});

test('a slow page loses no character of a search', async ({ ada }) => {
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
  await expect(page.getByText('No results for “abcdefghij”')).toBeVisible();
  await expect(search).toHaveValue('abcdefghij');
});

test('a filter or a task opened right after a cleared search does not bring the search back', async ({
  ada,
}) => {
  const { page } = ada;
  await ada.createTasks(['Plan', 'Call']);
  await openTasks(page);
  const search = page.getByRole('searchbox', { name: 'Search tasks' });
  await search.fill('Plan');
  await expect(page).toHaveURL('/tasks?search=Plan');
  await search.fill('');
  await expect(page).toHaveURL('/tasks');
  // As Next.js does on a slow device, when it has rendered an older URL.
  const writeOldUrl = () =>
    page.evaluate(() => history.replaceState(history.state, '', '/tasks?search=Plan'));
  await writeOldUrl();
  await page.getByRole('link', { name: 'All' }).click();
  await expect(page).toHaveURL('/tasks?filter=all');
  await expect(page.getByRole('checkbox')).toHaveCount(2);
  await writeOldUrl();
  await page.getByRole('button', { name: 'Edit Call' }).click();
  await expect(page.getByRole('dialog', { name: 'Edit task' })).toBeVisible();
  await expect(page).toHaveURL(/\/tasks\/[^/]+\?filter=all$/);
});

test('the search keeps the focus that it gets right after an undo', async ({ ada }) => {
  const { page } = ada;
  // A device that draws slowly.
  await page.addInitScript(() => {
    window.requestAnimationFrame = (callback) => window.setTimeout(callback, 500);
  });
  await ada.createTasks(['Plan', 'Call']);
  await openTasks(page);
  await page.getByRole('button', { name: 'Edit Plan' }).focus();
  await page.keyboard.press('#');
  await expect(row(page, 'Plan')).toHaveCount(0);
  await page.keyboard.press('z');
  await expect(row(page, 'Plan')).toBeVisible();
  await page.keyboard.press('/');
  await page.keyboard.type('plan', { delay: 200 });
  await expect(page).toHaveURL('/tasks?search=plan');
});

test('a user sorts the tasks', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks([
    { title: 'B', dueAt: '2031-01-01T00:00:00Z' },
    'C',
    { title: 'A', dueAt: '2032-01-01T00:00:00Z' },
  ]);
  await openTasks(page);
  await expect.poll(() => titles(page)).toEqual(['A', 'C', 'B']);
  await page.getByLabel('Sort by').selectOption('title');
  await expect(page).toHaveURL('/tasks?sort=title');
  await expect.poll(() => titles(page)).toEqual(['A', 'B', 'C']);
  await page.getByLabel('Sort by').selectOption('dueAt');
  await expect.poll(() => titles(page)).toEqual(['B', 'A', 'C']);
});

test('scrolling loads 60 tasks, each once, without a layout shift', async ({ ada }) => {
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
  expect(await titles(page)).toEqual(Array.from({ length: 60 }, (_, index) => `Task ${60 - index}`));
  expect(await page.evaluate(() => (window as unknown as { shift: number }).shift)).toBeLessThan(0.02);
});

test('a failed page of tasks shows an error and can be retried', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(Array.from({ length: 40 }, (_, index) => `Task ${index + 1}`));
  await page.route('**/api/tasks?*cursor=*', (route) => route.fulfill({ status: 500 }));
  await openTasks(page);
  const failure = page.getByRole('alert').filter({ hasText: 'couldn’t load your tasks' });
  await page.getByRole('button', { name: 'Show more' }).scrollIntoViewIfNeeded();
  await expect(failure).toBeVisible();
  await expect(page.getByRole('checkbox')).toHaveCount(25);
  await page.unroute('**/api/tasks?*cursor=*');
  await failure.getByRole('button', { name: 'Try again' }).click();
  await expect(failure).toHaveCount(0);
  await page.getByRole('checkbox', { name: 'Task 16' }).scrollIntoViewIfNeeded();
  await expect(page.getByRole('checkbox')).toHaveCount(40);
});

test('"Show more" moves the focus to the first new task', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(Array.from({ length: 60 }, (_, index) => `Task ${index + 1}`));
  await page.route('**/api/tasks?*cursor=*', (route) => route.fulfill({ status: 500 }));
  await openTasks(page);
  const showMore = page.getByRole('button', { name: 'Show more' });
  await showMore.focus();
  await expect(page.getByRole('alert').filter({ hasText: 'couldn’t load your tasks' })).toBeVisible();
  await page.unroute('**/api/tasks?*cursor=*');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Edit Task 35' })).toBeFocused();
});

test('a placeholder is shown while the list loads', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks([{ title: 'Plan', dueAt: endOf(0) }]);
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/api/tasks?*', async (route) => {
    await held;
    await route.continue();
  });
  // The server doesn't know when today begins and ends, so the browser fetches this list.
  await page.goto('/tasks?filter=today');
  const placeholder = page.locator('[aria-busy=true]').filter({ hasText: 'Loading your tasks' });
  await expect(placeholder).toBeVisible();
  release();
  await expect(row(page, 'Plan')).toBeVisible();
  await expect(placeholder).toHaveCount(0);
});

test('users see only their own tasks, and "not found" for another user’s task', async ({ ada, bob }) => {
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

test('reload keeps a task open, and back closes it', async ({ ada }) => {
  const { page } = ada;
  const [task] = await ada.createTasks([{ title: 'Plan', dueAt: endOf(0) }]);
  await openTasks(page, '/tasks?filter=today');
  await page.getByRole('button', { name: 'Edit Plan' }).click();
  await expect(page).toHaveURL(`/tasks/${task?.id}?filter=today`);
  const dialog = page.getByRole('dialog', { name: 'Edit task' });
  await page.reload();
  await expect(dialog.getByLabel('Title')).toHaveValue('Plan');
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL('/tasks?filter=today');
  await page.getByRole('button', { name: 'Edit Plan' }).click();
  await expect(dialog).toBeVisible();
  await page.goBack();
  await expect(dialog).toHaveCount(0);
});

test.describe('a conflict', () => {
  for (const { choice, title, notes } of [
    { choice: 'Keep mine', title: 'From the first tab', notes: '' },
    { choice: 'Use the saved version', title: 'From the second tab', notes: 'New notes' },
  ]) {
    test(`shows both versions, and the user picks one: ${choice}`, async ({ ada }) => {
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
      await expect(first.getByRole('region', { name: 'Saved version' })).toContainText('From the second tab');
      await first.getByRole('button', { name: choice }).click();
      await expect(first.getByRole('dialog')).toHaveCount(0);
      await expect(row(first, title)).toBeVisible();
      const { body } = await ada.callApi('GET', `/api/tasks/${task?.id}`);
      expect(body).toMatchObject({ title, description: notes || null });
    });
  }
});

test('a conflict can be edited further, and the dialog asks before it discards changes', async ({ ada }) => {
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
  await expect(dialog.getByText('You have unsaved changes')).toBeVisible();
  await dialog.getByRole('button', { name: 'Keep editing' }).click();
  await dialog.getByRole('button', { name: 'Back to editing' }).click();
  await dialog.getByLabel('Notes').fill('Mine and theirs');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(mine).toContainText('Mine and theirs');
  await dialog.getByRole('button', { name: 'Keep mine' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(row(page, 'Shared')).toContainText('Mine and theirs');
});

/** Returns the titles of the list, in order. */
function titles(page: Page): Promise<(string | null)[]> {
  return page.getByRole('checkbox').evaluateAll((boxes) => boxes.map((box) => box.ariaLabel));
}

/** Records the URLs of the DELETE requests of a page. */
function deletions(page: Page): string[] {
  const urls: string[] = [];
  page.on('request', (request) => request.method() === 'DELETE' && urls.push(request.url()));
  return urls;
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
