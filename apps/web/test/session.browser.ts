import type { Page } from '@playwright/test';
import { expect, newAccount, openTasks, row, signIn, signOut, test } from './users.js';

const newTask = (page: Page) => page.getByRole('textbox', { name: 'New task' });

test('one access token serves every request and is kept in memory only', async ({ ada }) => {
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

test('the input survives a crash of the API and can be saved after its restart', async ({ ada, system }) => {
  const { page } = ada;
  await ada.createTasks(['Plan']);
  await openTasks(page);
  await newTask(page).pressSequentially('Written while ');
  await system.api.kill();
  await newTask(page).pressSequentially('the API was down');
  await newTask(page).press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: 'Not saved' })).toBeVisible();
  await expect(newTask(page)).toHaveValue('Written while the API was down');
  await expect(newTask(page)).toBeFocused();
  await page.getByRole('checkbox', { name: 'Plan' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'Couldn’t check off “Plan”' })).toBeVisible();
  await expect(page.getByRole('checkbox', { name: 'Plan' })).not.toBeChecked();

  await system.api.start();
  await newTask(page).press('Enter');
  await expect(row(page, 'Written while the API was down')).toBeVisible();
  await expect(newTask(page)).toHaveValue('');
  await page.reload();
  await expect(row(page, 'Written while the API was down')).toHaveCount(1);
});

test('the edit form keeps its input while the API is down', async ({ ada, system }) => {
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

test('the edit form keeps its input while the browser is offline', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(['Plan']);
  await openTasks(page);
  await page.getByRole('button', { name: 'Edit Plan' }).click();
  await page.getByLabel('Notes').fill('Not to be lost');
  await ada.context.setOffline(true);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'You were offline' })).toBeVisible();
  await expect(page.getByLabel('Notes')).toHaveValue('Not to be lost');
  await ada.context.setOffline(false);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(row(page, 'Plan')).toContainText('Not to be lost');
});

test('the list loads by itself when the API is available again', async ({ ada, system }) => {
  const { page } = ada;
  await ada.createTasks(['Plan']);
  await system.api.kill();
  await page.goto('/tasks');
  await expect(page.getByRole('alert').filter({ hasText: 'couldn’t load your tasks' })).toBeVisible({
    timeout: 15_000,
  });
  await system.api.start();
  await expect(row(page, 'Plan')).toBeVisible();
  await expect(page.getByRole('alert').filter({ hasText: 'couldn’t load your tasks' })).toHaveCount(0);
});

test('a new task keeps its text while the browser is offline', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(['Plan']);
  await openTasks(page);
  await ada.context.setOffline(true);
  await expect(page.getByText('You’re offline. Your text is kept')).toBeVisible();
  await newTask(page).fill('Written offline');
  await newTask(page).press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: 'You were offline' })).toBeVisible();
  await expect(newTask(page)).toHaveValue('Written offline');
  await page.getByRole('checkbox', { name: 'Plan' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'Couldn’t check off “Plan”' })).toBeVisible();
  await expect(page.getByRole('checkbox', { name: 'Plan' })).not.toBeChecked();

  await ada.context.setOffline(false);
  await expect(page.getByText('You’re offline')).toHaveCount(0);
  await newTask(page).press('Enter');
  await expect(row(page, 'Written offline')).toBeVisible();
  await expect(newTask(page)).toHaveValue('');
  // A second task with the same title is not a retry.
  const saved = page.waitForResponse((response) => response.request().method() === 'POST');
  await newTask(page).fill('Written offline');
  await newTask(page).press('Enter');
  await saved;
  await page.reload();
  await expect(row(page, 'Written offline')).toHaveCount(2);
});

test('two failed clicks on a checkbox leave the task unchanged', async ({ ada }) => {
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
  await expect(page.getByRole('alert').getByText('Couldn’t reopen “Plan”')).toBeVisible();
  await expect(checkbox).not.toBeChecked();
});

test('a failed task and the text typed after it are both kept', async ({ ada }) => {
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
  test(`a ${status} from the API does not sign the user out`, async ({ ada }) => {
    const { page } = ada;
    await openTasks(page);
    await page.route('**/api/tasks', async (route) => {
      if (route.request().method() !== 'POST') {
        return route.continue();
      }
      const headers = { 'access-control-allow-origin': '*', 'content-type': 'application/problem+json' };
      return route.fulfill({ status, headers, body: JSON.stringify({ status, title: 'Rejected' }) });
    });
    await newTask(page).fill('Rejected');
    await newTask(page).press('Enter');
    await expect(page.getByRole('alert').filter({ hasText: 'Not saved' })).toBeVisible();
    await expect(newTask(page)).toHaveValue('Rejected');
    await page.unroute('**/api/tasks');
    await newTask(page).press('Enter');
    await expect(row(page, 'Rejected')).toBeVisible();
    await expect(page).toHaveURL('/tasks');
  });
}

for (const status of [403, 429, 503]) {
  test(`a ${status} for a token request does not sign the user out`, async ({ ada }) => {
    const { page } = ada;
    await page.route('**/api/auth/token', (route) =>
      route.fulfill({ status, json: { message: 'Rejected' } }),
    );
    await page.goto('/tasks');
    await newTask(page).fill('Rejected');
    await newTask(page).press('Enter');
    await expect(page.getByRole('alert').filter({ hasText: 'Not saved' })).toBeVisible();
    await expect(newTask(page)).toHaveValue('Rejected');
    await page.unroute('**/api/auth/token');
    await newTask(page).press('Enter');
    await expect(row(page, 'Rejected')).toBeVisible();
    await expect(page).toHaveURL('/tasks');
  });
}

test('a 401 from the API is retried once with a new token and does not sign the user out', async ({
  ada,
}) => {
  const { page } = ada;
  await openTasks(page);
  const requests: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/api/auth/token')) {
      requests.push('new token');
    }
  });
  await page.route('**/api/tasks', (route) => {
    if (route.request().method() !== 'POST') {
      return route.continue();
    }
    requests.push('rejected');
    return route.fulfill({ status: 401, headers: { 'access-control-allow-origin': '*' } });
  });
  await newTask(page).fill('Rejected');
  await newTask(page).press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: 'Not saved' })).toBeVisible();
  expect(requests).toEqual(['rejected', 'new token', 'rejected']);
  await expect(page).toHaveURL('/tasks');
  await expect(newTask(page)).toHaveValue('Rejected');
});

test('a draft in an unknown format is ignored', async ({ ada }) => {
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

test('the user does not notice when signing keys are rotated and revoked', async ({ ada, system }) => {
  const { page } = ada;
  await openTasks(page);
  await newTask(page).fill('Before');
  await newTask(page).press('Enter');
  await expect(row(page, 'Before')).toBeVisible();
  await system.revokeKeys();
  // A token of the new key makes the API fetch the keys, and it then rejects the token of the page.
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

test('a token is reused until a minute before it expires', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(['Plan']);
  const renewals: string[] = [];
  page.on('request', (request) => request.url().endsWith('/api/auth/token') && renewals.push(request.url()));
  await page.clock.install();
  await openTasks(page, '/tasks?filter=all');
  expect(renewals).toHaveLength(1);
  for (const [minutes, expected] of [
    ['13:30', 1],
    ['01:00', 2],
  ] as const) {
    await page.clock.fastForward(minutes);
    const response = page.waitForResponse((candidate) => candidate.request().method() === 'PATCH');
    await page.getByRole('checkbox', { name: 'Plan' }).click();
    await response;
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

test('the edit form keeps its input when the session expires and the user signs in again', async ({
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
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Keep editing' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(row(page, 'Plan')).toContainText('Half a thought');
});

test('a new task keeps its text when the session expires and the user signs in again', async ({ ada }) => {
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

test('another user does not see the draft of the user before', async ({ ada, bob }) => {
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

test('sign-out in one tab signs out the other tabs', async ({ ada }) => {
  const other = await ada.context.newPage();
  await openTasks(ada.page);
  await openTasks(other);
  await signOut(ada.page);
  await ada.page.waitForURL('/sign-in');
  await other.waitForURL('/sign-in');
  await other.goto('/tasks');
  await expect(other).toHaveURL('/sign-in?next=%2Ftasks');
});

test('a tab reloads when another user signs in in another tab', async ({ ada, bob }) => {
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

test('the user stays signed in while the auth server is down', async ({ ada, system }) => {
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
  await expect(page.getByRole('heading', { name: 'Temporarily unavailable' })).toBeVisible();
  await expect(page).toHaveURL('/tasks');

  await system.auth.start();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(row(page, 'Plan')).toBeVisible();
  await expect(newTask(page)).toHaveValue('Kept');
});

test('sign-in shows an error while the auth server is down', async ({ page, system }) => {
  await page.goto('/sign-in');
  await system.auth.stop();
  await signIn(page, newAccount('Ada'));
  await expect(page.getByRole('alert').filter({ hasText: 'The server is unavailable' })).toBeVisible();
  await system.auth.start();
});
