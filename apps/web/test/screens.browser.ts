import type { Locator, Page } from '@playwright/test';
import { appName } from '../src/app-name.js';
import {
  expect,
  expectAccessible,
  newAccount,
  openTasks,
  type TestUser,
  row,
  signIn,
  test,
} from './users.js';

const publicScreens: { name: string; show: (page: Page) => Promise<unknown> }[] = [
  { name: 'welcome', show: (page) => page.goto('/') },
  { name: 'sign-up', show: (page) => page.goto('/sign-up') },
  {
    name: 'sign-up with validation errors',
    show: async (page) => {
      await page.goto('/sign-up');
      await page.getByRole('button', { name: 'Sign up' }).click();
      await expect(page.getByRole('alert').filter({ hasText: 'your name' })).toBeVisible();
    },
  },
  { name: 'sign-in', show: (page) => page.goto('/sign-in') },
  {
    name: 'sign-in with a wrong password',
    show: async (page) => {
      await signIn(page, { email: 'nobody@example.com', password: 'not the one' });
      await expect(page.getByRole('alert').filter({ hasText: 'Wrong email or password' })).toBeVisible();
    },
  },
  { name: 'forgot password', show: (page) => page.goto('/forgot-password') },
  {
    name: 'forgot password, sent',
    show: async (page) => {
      await page.goto('/forgot-password');
      await page.getByLabel('Email').fill('nobody@example.com');
      await page.getByRole('button', { name: 'Send reset link' }).click();
      await expect(page.getByRole('status').filter({ hasText: 'has an account' })).toBeVisible();
    },
  },
  { name: 'reset password', show: (page) => page.goto('/reset-password?token=some') },
  { name: 'reset password with an invalid link', show: (page) => page.goto('/reset-password') },
  {
    name: 'verify email with an invalid link',
    show: async (page) => {
      await page.goto('/verify-email?token=bad');
      await expect(page.getByRole('alert').filter({ hasText: 'expired' })).toBeVisible();
    },
  },
  { name: 'verify email without a link', show: (page) => page.goto('/verify-email') },
  { name: 'confirm new email', show: (page) => page.goto('/confirm-email-change?token=some') },
  { name: 'keep email', show: (page) => page.goto('/restore-email?token=some') },
  {
    name: 'keep email with an invalid link',
    show: async (page) => {
      await page.getByRole('button', { name: 'Keep this address' }).click();
      await expect(page.getByRole('alert').filter({ hasText: 'expired' })).toBeVisible();
    },
  },
  { name: 'not found', show: (page) => page.goto('/no/such/page') },
];

const signedInScreens: { name: string; show: (user: TestUser) => Promise<unknown> }[] = [
  { name: 'no tasks', show: ({ page }) => openTasks(page) },
  {
    name: 'tasks',
    show: async (user) => {
      await user.createTasks([
        { title: 'Overdue', dueAt: '2020-01-01T00:00:00Z' },
        { title: 'Due later', dueAt: '2040-01-01T00:00:00Z' },
        { title: 'Due today', dueAt: new Date(Date.now() + 60_000).toISOString() },
        { title: 'Done', completed: true },
      ]);
      await openTasks(user.page, '/tasks?filter=all');
      await expect(user.page.getByRole('checkbox')).toHaveCount(4);
    },
  },
  {
    name: 'undo delete',
    show: async ({ page }) => {
      await page.getByRole('button', { name: 'Delete Done' }).click();
      await page.getByRole('button', { name: 'Undo' }).hover();
    },
  },
  {
    name: 'undo delete above a dialog',
    show: async ({ page }) => {
      await page.getByRole('button', { name: 'Edit Overdue' }).click();
      await expect(page.getByRole('dialog').getByLabel('Title')).toHaveValue('Overdue');
      await page.getByRole('status').getByRole('button', { name: 'Undo' }).hover();
    },
  },
  {
    name: 'new task with due dates',
    show: async ({ page }) => {
      await openTasks(page, '/tasks?filter=all');
      await page.getByRole('textbox', { name: 'New task' }).fill('Half a thought');
      await page.getByRole('button', { name: 'Today', exact: true }).click();
      await expect(page.getByRole('button', { name: 'Today', exact: true, pressed: true })).toBeVisible();
    },
  },
  { name: 'nothing due today', show: ({ page }) => openTasks(page, '/tasks?filter=today&search=none') },
  {
    name: 'failed change',
    show: async ({ page }) => {
      await openTasks(page);
      await page.route('**/api/tasks/*', (route) => route.abort());
      await page.getByRole('checkbox', { name: 'Overdue' }).click();
      await page.getByRole('alert').getByText('Couldn’t check off').hover();
      await page.unroute('**/api/tasks/*');
    },
  },
  {
    name: 'edit dialog',
    show: async ({ page }) => {
      await page.getByRole('button', { name: 'Edit Overdue' }).click();
      await expect(page.getByRole('dialog').getByLabel('Title')).toHaveValue('Overdue');
    },
  },
  {
    name: 'calendar',
    show: async ({ page }) => {
      await page.getByRole('button', { name: 'Open calendar' }).click();
      await expect(page.getByRole('grid')).toBeVisible();
    },
  },
  {
    name: 'edit dialog with unsaved changes',
    show: async ({ page }) => {
      await openTasks(page);
      await page.getByRole('button', { name: 'Edit Overdue' }).click();
      await page.getByLabel('Notes').fill('New');
      await page.keyboard.press('Escape');
      await expect(page.getByRole('button', { name: 'Discard' })).toBeVisible();
    },
  },
  {
    name: 'conflict',
    show: async ({ page, callApi }) => {
      const id = new URL(page.url()).pathname.split('/').at(-1);
      await callApi('PATCH', `/api/tasks/${id}`, { description: 'Meanwhile' });
      await page.getByRole('button', { name: 'Keep editing' }).click();
      await page.getByRole('button', { name: 'Save' }).click();
      await expect(page.getByRole('region', { name: 'Saved version' })).toBeVisible();
    },
  },
  {
    name: 'unsaved tasks',
    show: async ({ page }) => {
      await page.evaluate(() => sessionStorage.clear());
      const field = page.getByRole('textbox', { name: 'New task' });
      await page.route('**/api/tasks', async (route) => {
        if (route.request().method() !== 'POST') {
          return route.continue();
        }
        await expect(field).toHaveValue('Two');
        return route.abort();
      });
      await openTasks(page);
      await field.fill('One');
      await field.press('Enter');
      await field.fill('Two');
      await expect(page.getByRole('list', { name: 'Not saved' })).toBeVisible();
      await page.unroute('**/api/tasks');
      await page.evaluate(() => sessionStorage.clear());
    },
  },
  {
    name: 'list that could not be loaded',
    show: async ({ page }) => {
      await page.route('**/api/tasks?*', (route) => route.abort());
      await page.goto('/tasks?filter=today');
      await expect(page.getByRole('alert').filter({ hasText: 'couldn’t load your tasks' })).toBeVisible();
      await page.unroute('**/api/tasks?*');
    },
  },
  {
    name: 'offline',
    show: async ({ page, context }) => {
      await openTasks(page);
      await context.setOffline(true);
      await expect(page.getByText('You’re offline')).toBeVisible();
    },
  },
  {
    name: 'verify email',
    show: async ({ page, context }) => {
      await context.setOffline(false);
      await page.goto('/verify-email');
      await expect(page.getByRole('button', { name: 'Resend email' })).toBeVisible();
    },
  },
  {
    name: 'shortcuts',
    show: async ({ page }) => {
      await openTasks(page);
      await page.getByRole('heading', { name: 'Tasks' }).click();
      await page.keyboard.press('?');
      await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
    },
  },
  {
    name: 'account menu',
    show: async ({ page }) => {
      await openTasks(page);
      await page.getByRole('button', { name: 'Account' }).click();
      await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible();
    },
  },
  { name: 'no search results', show: ({ page }) => openTasks(page, '/tasks?search=nothing') },
  ...['profile', 'password', 'appearance', 'account'].map((tab) => ({
    name: `settings: ${tab}`,
    show: ({ page }: TestUser) => page.goto(`/settings/${tab}`),
  })),
  {
    name: 'settings: change email',
    show: async ({ page }) => {
      await page.goto('/settings/profile');
      await page.getByRole('button', { name: 'Change email' }).click();
      await page.getByRole('button', { name: 'Send link' }).click();
      await expect(page.getByRole('alert').filter({ hasText: 'email address' })).toBeVisible();
    },
  },
  {
    name: 'settings: sessions',
    show: async ({ page }) => {
      await page.goto('/settings/sessions');
      await expect(page.getByText('This device')).toBeVisible();
    },
  },
  {
    name: 'task not found',
    show: async ({ page }) => {
      await page.goto('/tasks/no-such-task');
      await expect(page.getByRole('dialog', { name: 'Task not found' })).toBeVisible();
    },
  },
];

test('the pages before sign-in are accessible', async ({ page }) => {
  test.slow();
  for (const { name, show } of publicScreens) {
    await show(page);
    await expectAccessible(page, name);
  }
});

test('the pages after sign-in are accessible', async ({ ada }) => {
  test.slow();
  for (const { name, show } of signedInScreens) {
    await show(ada);
    await expectAccessible(ada.page, name);
  }
});

test('the error pages are accessible', async ({ ada, system }) => {
  const { page } = ada;
  await page.goto('/tasks');
  await system.auth.stop();
  await page.goto('/tasks');
  await expect(page.getByRole('heading', { name: 'Temporarily unavailable' })).toBeVisible();
  await expectAccessible(page, 'account not available');
  await system.auth.start();
  await breakFormatting(ada);
  await page.goto('/tasks');
  await expect(page.getByRole('heading', { name: 'We couldn’t show this page' })).toBeVisible();
  await expectAccessible(page, 'error');
});

test('a page that fails shows an error and recovers with "Try again"', async ({ ada }) => {
  const { page } = ada;
  await breakFormatting(ada);
  await page.goto('/tasks');
  await expect(page.getByRole('heading', { name: 'We couldn’t show this page' })).toBeVisible();
  await page.evaluate(() => Object.assign(window, { formattingWorks: true }));
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(row(page, 'Old')).toBeVisible();
});

/** Makes rendering of the task list fail until `formattingWorks` is set. */
async function breakFormatting({ page, createTasks }: TestUser) {
  await createTasks([{ title: 'Old', dueAt: '2020-01-01T00:00:00Z' }]);
  await page.addInitScript(() => {
    const works = Object.getOwnPropertyDescriptor(Intl.DateTimeFormat.prototype, 'format')?.get;
    Object.defineProperty(Intl.DateTimeFormat.prototype, 'format', {
      get() {
        if (!('formattingWorks' in window)) {
          throw new Error('Broken by the test.');
        }
        return works?.call(this) as unknown;
      },
    });
  });
}

function sizes(page: Page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return { page: scrollWidth, window: clientWidth };
  });
}

test('no page scrolls horizontally at a width of 320 pixels', async ({ page, ada }) => {
  test.slow();
  for (const { name, show } of publicScreens) {
    await page.setViewportSize({ width: 320, height: 640 });
    await show(page);
    expect(await sizes(page), name).toEqual({ page: 320, window: 320 });
  }
  await ada.createTasks([`A very long word: ${'x'.repeat(150)}`, 'Done', 'Overdue']);
  for (const { name, show } of signedInScreens.filter((screen) => screen.name !== 'tasks')) {
    await ada.page.setViewportSize({ width: 320, height: 640 });
    await show({ ...ada, createTasks: async () => [] });
    expect(await sizes(ada.page), name).toEqual({ page: 320, window: 320 });
  }
});

test('the task list works on a touch screen', async ({ ada, browser, system }) => {
  await ada.createTasks(['Tap me']);
  const phone = await browser.newContext({
    baseURL: system.webUrl,
    viewport: { width: 390, height: 800 },
    hasTouch: true,
    isMobile: true,
    storageState: await ada.context.storageState(),
  });
  const page = await phone.newPage();
  await openTasks(page, '/tasks?filter=all');
  await page.getByRole('textbox', { name: 'New task' }).fill('On the go');
  await page.getByRole('button', { name: 'Add' }).tap();
  await expect(row(page, 'On the go')).toBeVisible();
  await page.getByRole('checkbox', { name: 'Tap me' }).tap();
  await expect(page.getByRole('checkbox', { name: 'Tap me' })).toBeChecked();
  const remove = page.getByRole('button', { name: 'Delete Tap me' });
  await expect(remove).toHaveCSS('opacity', '1');
  await remove.tap();
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).tap();
  await page.getByRole('button', { name: 'Edit Tap me' }).tap();
  await page.getByRole('checkbox', { name: 'Done' }).tap();
  await page.getByLabel('Notes').fill('Tapped');
  await page.getByRole('button', { name: 'Tomorrow' }).tap();
  const [task] = await ada.createTasks(['Shared']);
  await page.getByRole('button', { name: 'Save' }).tap();
  await expect(row(page, 'Tap me')).toContainText('Tapped');
  await expect(row(page, 'Tap me')).toContainText('Tomorrow');

  await page.getByRole('button', { name: 'Edit Shared' }).tap();
  await page.getByLabel('Notes').fill('Mine');
  await ada.callApi('PATCH', `/api/tasks/${task?.id}`, { description: 'Theirs' });
  await page.getByRole('button', { name: 'Save' }).tap();
  await page.getByRole('button', { name: 'Keep mine' }).waitFor();
  await page.getByRole('button', { name: 'Close' }).tap();
  await expect(page.getByText('You have unsaved changes')).toBeInViewport();
  const choices = await page
    .getByRole('button', { name: /^(Discard|Keep editing)$/ })
    .evaluateAll((buttons) => buttons.map((button) => button.getBoundingClientRect().top));
  expect(choices).toEqual([choices[0], choices[0]]);
  await page.getByRole('button', { name: 'Keep mine' }).tap();
  await expect(row(page, 'Shared')).toContainText('Mine');
  await phone.close();
});

/** Presses Tab, or `keys`, until the target has the focus. */
async function tabTo(target: Locator, keys = 'Tab') {
  for (let stops = 0; stops < 20; stops++) {
    await target.page().keyboard.press(keys);
    if (await target.evaluate((element) => element === document.activeElement)) {
      return;
    }
  }
  await expect(target).toBeFocused();
}

test('sign-up works with the keyboard', async ({ page }) => {
  const account = newAccount('Eve');
  await page.goto('/sign-up');
  await tabTo(page.getByLabel('Name'));
  for (const text of [account.name, account.email]) {
    await page.keyboard.type(text);
    await page.keyboard.press('Tab');
  }
  await page.keyboard.type(account.password);
  await page.keyboard.press('Enter');
  await page.waitForURL('/tasks');
});

test('the calendar, a conflict and the settings work with the keyboard', async ({ ada }) => {
  const { page } = ada;
  const press = (keys: string) => page.keyboard.press(keys);
  const [task] = await ada.createTasks(['Plan']);
  await openTasks(page);
  await tabTo(page.getByRole('button', { name: 'Edit Plan' }));
  await press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Edit task' });
  await expect(dialog.getByLabel('Title')).toBeFocused();
  await tabTo(dialog.getByRole('button', { name: 'Open calendar' }));
  await press('Enter');
  await expect(page.getByRole('grid').locator(':focus')).toBeVisible();
  await press('ArrowRight');
  await press('Enter');
  await expect(page.getByRole('grid')).toHaveCount(0);
  await expect(dialog.getByRole('button', { name: 'Open calendar' })).toBeFocused();

  await ada.callApi('PATCH', `/api/tasks/${task?.id}`, { description: 'Theirs' });
  await tabTo(dialog.getByRole('button', { name: 'Save' }));
  await press('Enter');
  await expect(dialog.getByRole('region', { name: 'Saved version' })).toContainText('Theirs');
  await tabTo(dialog.getByRole('button', { name: 'Keep mine' }));
  await press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(row(page, 'Plan')).toContainText('Tomorrow');
  await expect(page.getByRole('button', { name: 'Edit Plan' })).toBeFocused();

  await page.goto('/settings/profile');
  await tabTo(page.getByRole('link', { name: 'Appearance' }));
  await press('Enter');
  await page.waitForURL('/settings/appearance');
  await tabTo(page.getByRole('radio', { name: 'System' }));
  await press('ArrowRight');
  await expect(page.getByRole('radio', { name: 'Light' })).toBeChecked();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  await tabTo(page.getByRole('checkbox', { name: 'Keyboard shortcuts' }));
  await press('Space');
  await expect(page.getByRole('checkbox', { name: 'Keyboard shortcuts' })).not.toBeChecked();
  await tabTo(page.getByRole('link', { name: 'Delete account' }), 'Shift+Tab');
  await press('Enter');
  await page.waitForURL('/settings/account');
});

test('sign-in and the task list work with the keyboard and its shortcuts', async ({ page, ada }) => {
  const press = (keys: string) => page.keyboard.press(keys);
  await page.goto('/sign-in');
  await press('Tab');
  await press('Tab');
  await expect(page.getByLabel('Email')).toBeFocused();
  await page.keyboard.type(ada.email);
  await press('Tab');
  await page.keyboard.type(ada.password);
  const token = page.waitForResponse('**/api/auth/token');
  await press('Enter');
  await page.waitForURL('/tasks');
  await expect(page.getByText('No open tasks')).toBeVisible();

  // The page requests a token when it handles keys.
  await token;
  await press('n');
  for (const title of ['One', 'Two', 'Three']) {
    await page.keyboard.type(title);
    await press('Enter');
  }
  await expect(page.getByRole('checkbox')).toHaveCount(3);
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
  await tabTo(page.getByRole('link', { name: 'All' }));
  await press('5');
  await expect(page).toHaveURL('/tasks?filter=all');

  await press('j');
  await press('j');
  await expect(page.getByRole('button', { name: 'Edit Two' })).toBeFocused();
  await press('x');
  await expect(page.getByRole('checkbox', { name: 'Two' })).toBeChecked();
  await press('k');
  await press('e');
  await expect(page.getByRole('dialog', { name: 'Edit task' }).getByLabel('Title')).toHaveValue('Three');
  await expect(page.getByLabel('Title')).toBeFocused();
  await press('ControlOrMeta+a');
  await page.keyboard.type('Three and a half');
  await press('Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Edit Three and a half' })).toBeFocused();

  await press('#');
  await expect(row(page, 'Three and a half')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Edit Two' })).toBeFocused();
  await press('z');
  await expect(row(page, 'Three and a half')).toBeVisible();
  await press('4');
  await expect(page).toHaveURL('/tasks?filter=done');
  await press('/');
  await page.keyboard.type('tw');
  await expect(page).toHaveURL('/tasks?filter=done&search=tw');
  await tabTo(page.getByRole('checkbox', { name: 'Two' }));
  await press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);

  await tabTo(page.getByRole('button', { name: 'Account' }), 'Shift+Tab');
  await press('Enter');
  await press('Tab');
  await expect(page.getByRole('link', { name: 'Settings' })).toBeFocused();
  await press('Tab');
  await press('Enter');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await press('n');
  await press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await tabTo(page.getByRole('button', { name: 'Account' }), 'Shift+Tab');
  await press('Enter');
  await press('Tab');
  await press('Tab');
  await press('Tab');
  await press('Enter');
  await page.waitForURL('/sign-in');
});

test('a user turns off the keyboard shortcuts', async ({ ada: { page } }) => {
  await page.goto('/settings/appearance');
  await page.getByLabel('Keyboard shortcuts').click();
  await openTasks(page);
  await page.keyboard.press('?');
  await page.keyboard.press('n');
  await expect(page.getByRole('textbox', { name: 'New task' })).not.toBeFocused();
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('the server renders the theme that the user has chosen', async ({ ada: { page, context } }) => {
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto('/settings/appearance');
  expect(await background()).toBe('rgb(250, 250, 249)');
  await page.getByText('Dark', { exact: true }).click();
  await expect.poll(background).toBe('rgb(18, 18, 20)');
  await page.goto('/tasks');
  expect(await background()).toBe('rgb(18, 18, 20)');
  expect(await (await context.request.get('/sign-in')).text()).toContain('<html lang="en" data-theme="dark"');

  await page.goto('/settings/appearance');
  await page.getByText('System', { exact: true }).click();
  await expect.poll(background).toBe('rgb(250, 250, 249)');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(background).toBe('rgb(18, 18, 20)');
});

test('completing a task shows a short motion, unless the user prefers less', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(['Two', 'One']);
  const complete = async (name: string) => {
    const checkbox = page.getByRole('checkbox', { name });
    await openTasks(page, '/tasks?filter=all');
    await expect(checkbox).toHaveCSS('animation-name', 'none');
    await checkbox.click();
    return checkbox.evaluate((box) => {
      const { animationName, animationDuration } = getComputedStyle(box);
      return { animationName, seconds: Number.parseFloat(animationDuration) };
    });
  };
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  expect(await complete('One')).toEqual({ animationName: 'pop', seconds: 0.25 });
  await page.emulateMedia({ reducedMotion: 'reduce' });
  expect((await complete('Two')).seconds).toBeLessThan(0.001);
});

test('the focus ring surrounds the whole row, and the field of a new task', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(['Plan']);
  await openTasks(page);
  await page.keyboard.press('j');
  await expect(page.getByRole('button', { name: 'Edit Plan' })).toBeFocused();
  await expect(row(page, 'Plan')).toHaveCSS('outline-style', 'solid');
  await expect(row(page, 'Plan')).toHaveCSS('outline-width', '2px');
  const field = page.getByRole('textbox', { name: 'New task' });
  await page.keyboard.press('n');
  await expect(row(page, 'Plan')).toHaveCSS('outline-style', 'none');
  await expect(page.locator('form > div', { has: field })).toHaveCSS('outline-width', '2px');
});

for (const { locale, due, caption, firstDay } of [
  { locale: 'en-US', due: 'May 4, 2020', caption: 'May 2020', firstDay: 'Sunday' },
  { locale: 'de-DE', due: '4. Mai 2020', caption: 'Mai 2020', firstDay: 'Montag' },
]) {
  test(`dates, their order and the start of the week follow the browser: ${locale}`, async ({
    ada,
    browser,
    system,
  }) => {
    await ada.createTasks([{ title: 'Old', dueAt: '2020-05-04T10:00:00Z' }]);
    const storageState = await ada.context.storageState();
    const context = await browser.newContext({ baseURL: system.webUrl, locale, storageState });
    const page = await context.newPage();
    await openTasks(page);
    await expect(row(page, 'Old')).toContainText(`Overdue · ${due}`);
    await page.getByRole('button', { name: 'Edit Old' }).click();
    await page.getByRole('button', { name: 'Open calendar' }).click();
    await expect(page.getByRole('grid', { name: caption })).toBeVisible();
    await expect(page.getByRole('grid').locator('th').first()).toHaveAttribute('aria-label', firstDay);
    await page.goto('/settings/sessions');
    await expect(page.getByText('This device')).toBeVisible();
    await context.close();
  });
}

test('touch targets are at least 44 pixels high and wide', async ({ ada, browser, system }) => {
  await ada.createTasks([{ title: 'Plan', dueAt: '2020-05-04T10:00:00Z' }]);
  const device = {
    baseURL: system.webUrl,
    viewport: { width: 320, height: 640 },
    hasTouch: true,
    isMobile: true,
  };
  const phone = await browser.newContext({ ...device, storageState: await ada.context.storageState() });
  const page = await phone.newPage();

  /** Returns the controls that are too small. A label or a row enlarges its control. Links in a text may be smaller. */
  const findSmallTargets = (shown = page) =>
    shown.locator('a, button, select, input, textarea, [role=button]').evaluateAll((controls) =>
      controls
        .filter((control) => control.checkVisibility() && !control.closest('p, [aria-hidden=true], .sr-only'))
        .map((control) => ({
          name: control.getAttribute('aria-label') ?? control.textContent,
          box: (
            control.closest(control.matches('[data-edit]') ? 'li' : 'label') ?? control
          ).getBoundingClientRect(),
        }))
        .filter(({ box }) => box.width > 0 && (box.width < 44 || box.height < 44))
        .map(({ name, box }) => `${name}: ${Math.round(box.width)} × ${Math.round(box.height)}`),
    );

  await openTasks(page);
  await expect(page.getByLabel('Sort by')).toContainText('Newest first');
  expect(await page.getByLabel('Sort by').evaluate((select) => getComputedStyle(select).color)).not.toBe(
    'rgba(0, 0, 0, 0)',
  );
  await page.getByRole('textbox', { name: 'New task' }).fill('Call');
  expect(await findSmallTargets()).toEqual([]);
  await page.getByRole('button', { name: 'Account' }).tap();
  expect(await findSmallTargets()).toEqual([]);
  await page.getByRole('button', { name: 'Account' }).tap();
  await page.getByRole('button', { name: 'Edit Plan' }).tap();
  await expect(page.getByRole('dialog').getByLabel('Title')).toHaveValue('Plan');
  expect(await findSmallTargets()).toEqual([]);
  for (const path of ['profile', 'password', 'appearance', 'account']) {
    await page.goto(`/settings/${path}`);
    expect(await findSmallTargets(), path).toEqual([]);
  }

  await openTasks(page, '/tasks?filter=done');
  await page.getByRole('textbox', { name: 'New task' }).fill('Call');
  await page.keyboard.press('Enter');
  const action = page.getByRole('status').getByRole('button', { name: 'Show open tasks' });
  await expect(action).toBeVisible();
  expect(await findSmallTargets()).toEqual([]);
  expect(await action.evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)).toBe(true);
  await phone.close();

  const visitor = await browser.newContext(device);
  const visited = await visitor.newPage();
  for (const path of ['sign-in', 'sign-up', 'forgot-password']) {
    await visited.goto(`/${path}`);
    expect(await findSmallTargets(visited), path).toEqual([]);
  }
  await visitor.close();
});

test('the placeholder of a new task fits on a phone', async ({ ada: { page } }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await openTasks(page);
  const { text, room } = await page.getByRole('textbox', { name: 'New task' }).evaluate((field) => {
    const { font, paddingLeft, paddingRight } = getComputedStyle(field);
    const canvas = Object.assign(document.createElement('canvas').getContext('2d')!, { font });
    return {
      text: canvas.measureText((field as HTMLInputElement).placeholder).width,
      room: field.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight),
    };
  });
  expect(text).toBeLessThanOrEqual(room);
});

test('the tabs of the settings stay on one line on a phone, with the open one in view', async ({ ada }) => {
  const { page } = ada;
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto('/settings/account');
  const tabs = page.getByRole('navigation', { name: 'Settings' }).getByRole('link');
  const tops = await tabs.evaluateAll((links) => links.map((link) => link.getBoundingClientRect().top));
  expect(new Set(tops).size).toBe(1);
  await expect(page.getByRole('link', { name: 'Delete account' })).toBeInViewport({ ratio: 1 });
});

test('animations respect prefers-reduced-motion', async ({ ada: { page } }) => {
  const durations = async () => {
    await openTasks(page);
    await page.keyboard.press('?');
    return page.getByRole('dialog').evaluate((dialog) => {
      const { animationName, animationDuration } = getComputedStyle(dialog);
      return { animationName, seconds: Number.parseFloat(animationDuration) };
    });
  };
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  expect(await durations()).toEqual({ animationName: 'enter', seconds: 0.18 });
  await page.emulateMedia({ reducedMotion: 'reduce' });
  expect((await durations()).seconds).toBeLessThan(0.001);
});

test('pages have a favicon', async ({ page }) => {
  await page.goto('/sign-in');
  const address = await page.locator('link[rel=icon]').getAttribute('href');
  const icon = await page.request.get(address as string);
  expect(icon.status()).toBe(200);
  expect(icon.headers()['content-type']).toContain('image/svg+xml');
});

test('pages have their own titles', async ({ page, ada }) => {
  for (const [address, title] of [
    ['/sign-in', `Sign in · ${appName}`],
    ['/sign-up', `Sign up · ${appName}`],
    ['/no/such/page', `Page not found · ${appName}`],
  ] as const) {
    await page.goto(address);
    await expect(page).toHaveTitle(title);
  }
  await ada.page.goto('/settings/password');
  await expect(ada.page).toHaveTitle(`Password · ${appName}`);
  await ada.page.goto('/tasks');
  await expect(ada.page).toHaveTitle(`Tasks · ${appName}`);
});
