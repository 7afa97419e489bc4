import type { Page } from '@playwright/test';
import { expect, test } from '../../../../../apps/web/test/users.js';

async function enterValues(_page: Page) {}

async function expectValues(_page: Page) {}

async function enterChange(_page: Page) {}

async function expectChange(_page: Page) {}

test('creates, updates and deletes a sample item', async ({ ada: { page }, bob }) => {
  await page.goto('/sample-items');
  await page.getByRole('link', { name: 'New sample item' }).click();
  await expect(page.getByRole('button', { name: 'Save' })).toBeInViewport();
  await enterValues(page);
  await page.getByRole('button', { name: 'Save' }).click();
  const rows = page.getByRole('list', { name: 'Sample items' }).getByRole('link');
  await expect(rows).toHaveCount(1);

  await rows.click();
  await expect(page.getByRole('heading', { name: 'Edit sample item' })).toBeVisible();
  await expectValues(page);
  const address = page.url();
  await enterChange(page);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(rows).toHaveCount(1);
  await page.goto(address);
  await expectChange(page);

  await bob.page.goto(address);
  await expect(bob.page.getByRole('heading', { name: 'Sample item not found' })).toBeVisible();

  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete permanently' }).click();
  await expect(page.getByText('No sample items yet')).toBeVisible();
});

test('keeps unsaved input after a reload, and discards it on Cancel', async ({ ada: { page } }) => {
  await page.goto('/sample-items/new');
  await enterChange(page);
  const drafts = () =>
    page.evaluate(() => Object.keys(sessionStorage).filter((name) => name.endsWith('new-sample-item')));
  await expect.poll(drafts).toHaveLength(1);
  await page.reload();
  await expectChange(page);
  await page.getByRole('link', { name: 'Cancel' }).click();
  await expect(page.getByText('No sample items yet')).toBeVisible();
  expect(await drafts()).toEqual([]);
});
