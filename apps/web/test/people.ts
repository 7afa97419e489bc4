import { test as base, expect, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { startSystem, type System } from './system.js';

export { expect };

/** What the api answers about a task. */
interface Answer {
  id: string;
  title?: string;
  description?: string | null;
}

/** Someone with an account and a browser, signed in. */
export interface Person {
  name: string;
  email: string;
  password: string;
  context: BrowserContext;
  page: Page;
  /** Makes tasks without the help of the pages, in the order of the list of titles. */
  createTasks(
    tasks: (string | { title: string; dueAt?: string; completed?: boolean; description?: string })[],
  ): Promise<{ id: string }[]>;
  /** How to ask the api whether a task is there, also once this person has signed out. */
  statusOf(taskId: string): Promise<() => Promise<number>>;
  /** Speaks to the api as this person does. */
  callApi(method: string, path: string, body?: unknown): Promise<{ status: number; body: Answer }>;
}

interface TestFixtures {
  ada: Person;
  bob: Person;
}

interface WorkerFixtures {
  system: System;
}

let people = 0;

export function newAccount(name: string) {
  const email = `${name.toLowerCase()}.${process.pid}.${Date.now()}.${++people}@example.com`;
  return { name: `${name} Example`, email, password: 'correct horse battery' };
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  system: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads a fixture's needs from this pattern
    async ({}, use) => {
      const system = await startSystem();
      await use(system);
      await system.stop();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  baseURL: async ({ system }, use) => use(system.webUrl),
  ada: async ({ browser, system }, use) => {
    const ada = await signUp(browser, system, 'Ada');
    await use(ada);
    await ada.context.close();
  },
  bob: async ({ browser, system }, use) => {
    const bob = await signUp(browser, system, 'Bob');
    await use(bob);
    await bob.context.close();
  },
});

async function signUp(browser: Browser, system: System, name: string): Promise<Person> {
  const account = newAccount(name);
  const context = await browser.newContext({ baseURL: system.webUrl });
  const headers = { origin: system.webUrl };
  const answer = await context.request.post('/api/auth/sign-up/email', { data: account, headers });
  expect(answer.ok(), 'sign-up').toBe(true);

  async function fetchToken() {
    return ((await (await context.request.get('/api/auth/token')).json()) as { token: string }).token;
  }

  async function callApi(method: string, path: string, body?: unknown) {
    const response = await fetch(system.apiUrl + path, {
      method,
      headers: { authorization: `Bearer ${await fetchToken()}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: (text ? JSON.parse(text) : {}) as Answer };
  }

  return {
    ...account,
    context,
    page: await context.newPage(),
    callApi,
    async statusOf(taskId) {
      const authorized = { authorization: `Bearer ${await fetchToken()}` };
      return async () =>
        (await fetch(`${system.apiUrl}/api/tasks/${taskId}`, { headers: authorized })).status;
    },
    async createTasks(tasks) {
      const created: { id: string }[] = [];
      for (const task of tasks) {
        const { status, body } = await callApi(
          'POST',
          '/api/tasks',
          typeof task === 'string' ? { title: task } : task,
        );
        expect(status, 'creating a task').toBe(201);
        created.push(body);
      }
      return created;
    },
  };
}

/** The row of a task, found by the name of its checkbox. */
export function row(page: Page, title: string) {
  return page
    .getByRole('list', { name: 'Tasks', exact: true })
    .getByRole('listitem')
    .filter({ has: page.getByRole('checkbox', { name: title, exact: true }) });
}

/** Waits until the list has arrived. */
export async function openTasks(page: Page, address = '/tasks') {
  await page.goto(address);
  await expect(page.getByText('Loading your tasks')).toHaveCount(0);
}

/** On the page of sign-in. */
export async function signIn(page: Page, { email, password }: Pick<Person, 'email' | 'password'>) {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

export async function signOut(page: Page) {
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
}
