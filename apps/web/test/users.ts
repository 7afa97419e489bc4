import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test as base, expect, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { startSystem, type System } from './system.js';

export { expect };

/** The parts of a task that the tests read. */
interface TaskBody {
  id: string;
  title?: string;
  description?: string | null;
}

/** A signed-in user with their own browser context. */
export interface TestUser {
  name: string;
  email: string;
  password: string;
  context: BrowserContext;
  page: Page;
  /** Creates tasks through the API, in this order. */
  createTasks(
    tasks: (string | { title: string; dueAt?: string; completed?: boolean; description?: string })[],
  ): Promise<{ id: string }[]>;
  /** Returns a function that reads the status of a task from the API, also after this user has signed out. */
  statusOf(taskId: string): Promise<() => Promise<number>>;
  /** Sends a request to the API as this user. */
  callApi(method: string, path: string, body?: unknown): Promise<{ status: number; body: TaskBody }>;
}

interface TestFixtures {
  ada: TestUser;
  bob: TestUser;
}

interface WorkerFixtures {
  system: System;
}

let userCount = 0;

export function newAccount(name: string) {
  const email = `${name.toLowerCase()}.${process.pid}.${Date.now()}.${++userCount}@example.com`;
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

async function signUp(browser: Browser, system: System, name: string): Promise<TestUser> {
  const account = newAccount(name);
  const context = await browser.newContext({ baseURL: system.webUrl });
  const headers = { origin: system.webUrl };
  const signedUp = await context.request.post('/api/auth/sign-up/email', { data: account, headers });
  expect(signedUp.ok(), 'sign-up').toBe(true);

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
    return { status: response.status, body: (text ? JSON.parse(text) : {}) as TaskBody };
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

/** Returns the list item of a task. */
export function row(page: Page, title: string) {
  return page
    .getByRole('list', { name: 'Tasks', exact: true })
    .getByRole('listitem')
    .filter({ has: page.getByRole('checkbox', { name: title, exact: true }) });
}

/** Opens the task page and waits for the list and for its event handlers. */
export async function openTasks(page: Page, path = '/tasks') {
  const token = page.waitForResponse('**/api/auth/token');
  await page.goto(path);
  await token;
  await expect(page.getByText('Loading your tasks')).toHaveCount(0);
  await expect(page.locator('[data-edit]:disabled')).toHaveCount(0);
}

/** Fills in and submits the sign-in form. */
export async function signIn(page: Page, { email, password }: Pick<TestUser, 'email' | 'password'>) {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

export async function signOut(page: Page) {
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Checks the current page with every rule of axe, in the light and in the dark theme. */
export async function expectAccessible(page: Page, screen: string) {
  // evaluate() runs in spite of the Content-Security-Policy, which blocks a script element.
  await page.evaluate(axe);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const violations = await page.evaluate(async () => {
      // In the middle of a transition, axe would measure a wrong contrast. A transition of a color can start others
      // in the elements that inherit the color.
      const running = () => document.getAnimations().filter(({ playState }) => playState === 'running');
      for (let animations = running(); animations.length > 0; animations = running()) {
        await Promise.allSettled(animations.map(({ finished }) => finished));
      }
      const { axe: tool } = window as unknown as {
        axe: { run(): Promise<{ violations: { id: string; help: string; nodes: { html: string }[] }[] }> };
      };
      return (await tool.run()).violations.map(({ id, help, nodes }) => ({
        id,
        help,
        html: nodes.map((node) => node.html),
      }));
    });
    expect(violations, `${screen}, ${colorScheme}`).toEqual([]);
  }
}

/** Checks that the current page is accessible, and that it fits in a width of 320 pixels. */
export async function expectPresentable(page: Page, screen: string) {
  await expectAccessible(page, screen);
  const size = page.viewportSize()!;
  await page.setViewportSize({ width: 320, height: 640 });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width, `width of ${screen}`).toBe(320);
  await page.setViewportSize(size);
}
