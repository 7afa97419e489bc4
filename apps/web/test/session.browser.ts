import type { Page } from '@playwright/test';
import { expect, newAccount, openTasks, row, signIn, signOut, test } from './people.js';

const newTask = (page: Page) => page.getByRole('textbox', { name: 'New task' });

test('one token serves all who wait for it, and lives in memory alone', async ({ ada }) => {
  const { page } = ada;
  const [task] = await ada.createTasks(['Plan']);
  const tokens: string[] = [];
  page.on('response', async (response) => {
    if (new URL(response.url()).pathname !== '/api/auth/token') {
      return;
    }
    tokens.push(((await response.json()) as { token: string }).token);
  });
  await page.goto(`/tasks/${task?.id}`);
  await expect(page.getByRole('dialog').getByLabel('Title')).toHaveValue('Plan');
  await page.keyboard.press('Escape');
  await page.getByRole('checkbox', { name: 'Plan' }).click();
  await page.getByRole('link', { name: 'Done' }).click();
  await expect(row(page, 'Plan')).toBeVisible();
  expect(tokens).toHaveLength(1);

  const kept = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href]),
  );
  const [session] = (await ada.context.cookies()).filter(({ name }) => name.includes('session_token'));
  expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
  const html = (await page.content()) + (await (await ada.context.request.get('/tasks')).text());
  for (const secret of [
    tokens[0] as string,
    decodeURIComponent(session?.value as string).split('.')[0] as string,
  ]) {
    expect(kept).not.toContain(secret);
    expect(html).not.toContain(secret);
  }
  expect(await page.evaluate(() => document.cookie)).not.toContain('session');
});

test('what is typed survives the api being killed, and is saved once it is back', async ({ ada, system }) => {
  const { page } = ada;
  await ada.createTasks(['Plan']);
  await openTasks(page);
  await newTask(page).pressSequentially('Written while ');
  await system.api.kill();
  await newTask(page).pressSequentially('the api was away');
  await newTask(page).press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: 'Not saved' })).toBeVisible();
  await expect(newTask(page)).toHaveValue('Written while the api was away');
  await expect(newTask(page)).toBeFocused();
  await page.getByRole('checkbox', { name: 'Plan' }).click();
  await expect(page.getByRole('alert').filter({ hasText: '“Plan” was not checked off' })).toBeVisible();
  await expect(page.getByRole('checkbox', { name: 'Plan' })).not.toBeChecked();

  await system.api.start();
  await newTask(page).press('Enter');
  await expect(row(page, 'Written while the api was away')).toBeVisible();
  await expect(newTask(page)).toHaveValue('');
  await page.reload();
  await expect(row(page, 'Written while the api was away')).toHaveCount(1);
});

test('a form stays as it is while the api is away', async ({ ada, system }) => {
  const { page } = ada;
  await ada.createTasks(['Plan']);
  await openTasks(page);
  await page.getByRole('button', { name: 'Edit Plan' }).click();
  await page.getByLabel('Notes').fill('Not to be lost');
  await system.api.kill();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'Not saved' })).toBeVisible();
  await expect(page.getByLabel('Notes')).toHaveValue('Not to be lost');
  await system.api.start();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(row(page, 'Plan')).toContainText('Not to be lost');
});

test('a form stays as it is while the browser is offline', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(['Plan']);
  await openTasks(page);
  await page.getByRole('button', { name: 'Edit Plan' }).click();
  await page.getByLabel('Notes').fill('Not to be lost');
  await ada.context.setOffline(true);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'You are offline' })).toBeVisible();
  await expect(page.getByLabel('Notes')).toHaveValue('Not to be lost');
  await ada.context.setOffline(false);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(row(page, 'Plan')).toContainText('Not to be lost');
});

test('a list that could not be had arrives by itself once the api is back', async ({ ada, system }) => {
  const { page } = ada;
  await ada.createTasks(['Plan']);
  await system.api.kill();
  await page.goto('/tasks');
  await expect(page.getByRole('alert').filter({ hasText: 'can’t be shown' })).toBeVisible({
    timeout: 15_000,
  });
  await system.api.start();
  await expect(row(page, 'Plan')).toBeVisible();
  await expect(page.getByRole('alert').filter({ hasText: 'can’t be shown' })).toHaveCount(0);
});

test('offline, what is typed stays and is said to stay', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(['Plan']);
  await openTasks(page);
  await ada.context.setOffline(true);
  await expect(page.getByText('You are offline. What you type is kept')).toBeVisible();
  await newTask(page).fill('Written offline');
  await newTask(page).press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: 'You are offline' })).toBeVisible();
  await expect(newTask(page)).toHaveValue('Written offline');
  await page.getByRole('checkbox', { name: 'Plan' }).click();
  await expect(page.getByRole('alert').filter({ hasText: '“Plan” was not checked off' })).toBeVisible();
  await expect(page.getByRole('checkbox', { name: 'Plan' })).not.toBeChecked();

  await ada.context.setOffline(false);
  await expect(page.getByText('You are offline. What you type is kept')).toHaveCount(0);
  await newTask(page).press('Enter');
  await expect(row(page, 'Written offline')).toBeVisible();
  await expect(newTask(page)).toHaveValue('');
  // Another one of the same title is no second try.
  const saved = page.waitForResponse((response) => response.request().method() === 'POST');
  await newTask(page).fill('Written offline');
  await newTask(page).press('Enter');
  await saved;
  await page.reload();
  await expect(row(page, 'Written offline')).toHaveCount(2);
});

test('two presses that both fail leave a task as it was', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(['Plan']);
  await openTasks(page);
  let fail = () => {};
  const failing = new Promise<void>((resolve) => (fail = resolve));
  await page.route('**/api/tasks**', async (route) => {
    await failing;
    await route.abort();
  });
  const checkbox = page.getByRole('checkbox', { name: 'Plan' });
  await checkbox.click();
  await expect(checkbox).toBeChecked();
  await checkbox.click();
  await expect(checkbox).not.toBeChecked();
  fail();
  await expect(page.getByRole('alert').getByText('“Plan” was not opened again')).toBeVisible();
  await expect(checkbox).not.toBeChecked();
});

test('of two tasks that are written faster than the first one is refused, both stay', async ({ ada }) => {
  const { page } = ada;
  await openTasks(page);
  await page.route('**/api/tasks', async (route) => {
    if (route.request().method() !== 'POST') {
      return route.continue();
    }
    await expect(newTask(page)).toHaveValue('Two');
    return route.abort();
  });
  await newTask(page).fill('One');
  await newTask(page).press('Enter');
  await newTask(page).fill('Two');
  const kept = page.getByRole('list', { name: 'Not saved' });
  await expect(kept.getByText('One')).toBeVisible();
  await expect(newTask(page)).toHaveValue('Two');
  await page.reload();
  await expect(kept.getByText('One')).toBeVisible();
  await expect(newTask(page)).toHaveValue('Two');

  await page.unroute('**/api/tasks');
  await kept.getByRole('button', { name: 'Try again' }).click();
  await expect(row(page, 'One')).toBeVisible();
  await newTask(page).press('Enter');
  await expect(row(page, 'Two')).toBeVisible();
  await expect(kept).toHaveCount(0);
});

for (const status of [403, 429, 503]) {
  test(`an answer of ${status} signs nobody out`, async ({ ada }) => {
    const { page } = ada;
    await openTasks(page);
    await page.route('**/api/tasks', async (route) => {
      if (route.request().method() !== 'POST') {
        return route.continue();
      }
      const headers = { 'access-control-allow-origin': '*', 'content-type': 'application/problem+json' };
      return route.fulfill({ status, headers, body: JSON.stringify({ status, title: 'Refused' }) });
    });
    await newTask(page).fill('Refused');
    await newTask(page).press('Enter');
    await expect(page.getByRole('alert').filter({ hasText: 'Not saved' })).toBeVisible();
    await expect(newTask(page)).toHaveValue('Refused');
    await page.unroute('**/api/tasks');
    await newTask(page).press('Enter');
    await expect(row(page, 'Refused')).toBeVisible();
    await expect(page).toHaveURL('/tasks');
  });
}

for (const status of [403, 429, 503]) {
  test(`an answer of ${status} to the question for a token signs nobody out`, async ({ ada }) => {
    const { page } = ada;
    await page.route('**/api/auth/token', (route) => route.fulfill({ status, json: { message: 'Refused' } }));
    await page.goto('/tasks');
    await newTask(page).fill('Refused');
    await newTask(page).press('Enter');
    await expect(page.getByRole('alert').filter({ hasText: 'Not saved' })).toBeVisible();
    await expect(newTask(page)).toHaveValue('Refused');
    await page.unroute('**/api/auth/token');
    await newTask(page).press('Enter');
    await expect(row(page, 'Refused')).toBeVisible();
    await expect(page).toHaveURL('/tasks');
  });
}

test('an api that refuses every token gets one fresh token, and signs nobody out', async ({ ada }) => {
  const { page } = ada;
  await openTasks(page);
  const requests: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/api/auth/token')) {
      requests.push('fresh token');
    }
  });
  await page.route('**/api/tasks', (route) => {
    if (route.request().method() !== 'POST') {
      return route.continue();
    }
    requests.push('refused');
    return route.fulfill({ status: 401, headers: { 'access-control-allow-origin': '*' } });
  });
  await newTask(page).fill('Refused');
  await newTask(page).press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: 'Not saved' })).toBeVisible();
  expect(requests).toEqual(['refused', 'fresh token', 'refused']);
  await expect(page).toHaveURL('/tasks');
  await expect(newTask(page)).toHaveValue('Refused');
});

test('what another version of the app has kept of a form does no harm', async ({ ada }) => {
  const { page } = ada;
  await openTasks(page);
  await newTask(page).fill('Half a');
  await page.evaluate(() => {
    for (const name of Object.keys(sessionStorage)) {
      sessionStorage.setItem(name, '{"other":true}');
    }
  });
  await page.goto('/tasks');
  await newTask(page).fill('A whole one');
  await newTask(page).press('Enter');
  await expect(row(page, 'A whole one')).toBeVisible();
});

test('keys that are rotated and revoked are not noticed', async ({ ada, system }) => {
  const { page } = ada;
  await openTasks(page);
  await newTask(page).fill('Before');
  await newTask(page).press('Enter');
  await expect(row(page, 'Before')).toBeVisible();
  await system.revokeKeys();
  // A token of the new key makes the api fetch the keys: from now on it refuses the one that the page holds.
  await ada.createTasks(['Elsewhere']);

  const statuses: number[] = [];
  page.on(
    'response',
    (response) => response.request().method() === 'POST' && statuses.push(response.status()),
  );
  await newTask(page).fill('After');
  await newTask(page).press('Enter');
  await expect(row(page, 'After')).toBeVisible();
  await expect(row(page, 'Elsewhere')).toBeVisible();
  expect(statuses).toEqual([401, 201]);
});

test('a token is used again until a minute before it expires', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(['Plan']);
  const renewals: string[] = [];
  page.on('request', (request) => request.url().endsWith('/api/auth/token') && renewals.push(request.url()));
  await page.clock.install();
  await openTasks(page);
  expect(renewals).toHaveLength(1);
  for (const [minutes, expected] of [
    ['13:30', 1],
    ['01:00', 2],
  ] as const) {
    await page.clock.fastForward(minutes);
    const answer = page.waitForResponse((response) => response.request().method() === 'PATCH');
    await page.getByRole('checkbox', { name: 'Plan' }).click();
    await answer;
    expect(renewals).toHaveLength(expected);
  }
});

test('a token that expires while a form is open is renewed', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(['Plan']);
  await page.clock.install();
  await openTasks(page);
  await page.getByRole('button', { name: 'Edit Plan' }).click();
  await page.getByLabel('Notes').fill('Took a while');
  const renewal = page.waitForResponse('**/api/auth/token');
  await page.clock.fastForward('14:30');
  await page.getByRole('button', { name: 'Save' }).click();
  expect((await renewal).status()).toBe(200);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(row(page, 'Plan')).toContainText('Took a while');
});

test('a session that expires while a form is open leads to sign-in, and back to the form as it was', async ({
  ada,
}) => {
  const { page } = ada;
  const [task] = await ada.createTasks(['Plan']);
  await page.clock.install();
  await openTasks(page, '/tasks?filter=open');
  await page.getByRole('button', { name: 'Edit Plan' }).click();
  await page.getByLabel('Notes').fill('Half a thought');
  await ada.context.clearCookies();
  await page.clock.fastForward('14:30');
  await page.getByRole('button', { name: 'Save' }).click();

  await page.waitForURL(/\/sign-in\?next=/);
  await signIn(page, ada);
  await expect(page).toHaveURL(`/tasks/${task?.id}?filter=open`);
  await expect(page.getByLabel('Notes')).toHaveValue('Half a thought');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(row(page, 'Plan')).toContainText('Half a thought');
});

test('a task that is half entered when the session expires is there after sign-in', async ({ ada }) => {
  const { page } = ada;
  await page.clock.install();
  await openTasks(page, '/tasks?sort=title');
  await ada.context.clearCookies();
  await page.clock.fastForward('14:30');
  await newTask(page).fill('Half a');
  await newTask(page).press('Enter');
  await page.waitForURL(/\/sign-in\?next=/);
  await signIn(page, ada);
  await expect(page).toHaveURL('/tasks?sort=title');
  const kept = page.getByRole('list', { name: 'Not saved' }).getByText('Half a');
  await expect(kept.or(newTask(page)).first()).toBeVisible();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(row(page, 'Half a')).toHaveCount(1);
});

test('another person finds no words of the one before', async ({ ada, bob }) => {
  const { page } = ada;
  await openTasks(page);
  await newTask(page).fill('A secret');
  await signOut(page);
  await page.waitForURL('/sign-in');
  await signIn(page, bob);
  await page.waitForURL('/tasks');
  await expect(newTask(page)).toHaveValue('');
  expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain('secret');
});

test('sign-out in one tab signs out the others', async ({ ada }) => {
  const other = await ada.context.newPage();
  await openTasks(ada.page);
  await openTasks(other);
  await signOut(ada.page);
  await ada.page.waitForURL('/sign-in');
  await other.waitForURL('/sign-in');
  await other.goto('/tasks');
  await expect(other).toHaveURL('/sign-in?next=%2Ftasks');
});

test('a tab follows when another one changes the person', async ({ ada, bob }) => {
  await ada.createTasks(['Ada’s']);
  await bob.createTasks(['Bob’s']);
  const other = await ada.context.newPage();
  await openTasks(ada.page);
  await ada.context.clearCookies();
  await other.goto('/sign-in');
  await signIn(other, bob);
  await expect(row(ada.page, 'Bob’s')).toBeVisible();
  await expect(row(ada.page, 'Ada’s')).toHaveCount(0);
});

test('the auth server being away signs nobody out', async ({ ada, system }) => {
  const { page } = ada;
  await ada.createTasks(['Plan']);
  await page.clock.install();
  await openTasks(page);
  await system.auth.stop();
  await page.clock.fastForward('14:30');
  await newTask(page).fill('Kept');
  await newTask(page).press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: 'Not saved' })).toBeVisible();
  await expect(page).toHaveURL('/tasks');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'We’ll be right back' })).toBeVisible();
  await expect(page).toHaveURL('/tasks');

  await system.auth.start();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(row(page, 'Plan')).toBeVisible();
  await expect(newTask(page)).toHaveValue('Kept');
});

test('sign-in and sign-up say that the auth server is away', async ({ page, system }) => {
  await page.goto('/sign-in');
  await system.auth.stop();
  await signIn(page, newAccount('Ada'));
  await expect(page.getByRole('alert').filter({ hasText: 'not available right now' })).toBeVisible();
  await system.auth.start();
});
