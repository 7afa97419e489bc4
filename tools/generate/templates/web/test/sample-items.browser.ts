import type { Page } from '@playwright/test';
// references:start
import { createRow } from '../../../../../apps/web/test/rows.js';
// references:end
import {
  expect,
  // references:start
  expectAccessible,
  // references:end
  test,
  // references:start
  type TestUser,
  // references:end
} from '../../../../../apps/web/test/users.js';

async function enterValues(_page: Page) {}

async function expectValues(_page: Page) {}

async function enterChange(_page: Page) {}

async function expectChange(_page: Page) {}

// references:start
// ref:start
/** The controls that choose a row of another collection. */
const references: { label: string; collection: string; isOptional: boolean }[] = [];
// ref:end
// refs:start
/** The controls that choose several rows. */
const manyReferences: { label: string; collection: string }[] = [];
// refs:end

/** Creates a row to choose for each reference. */
async function createOthers(_user: TestUser) {}

// references:end
test('creates, updates and deletes a sample item', async ({ ada, bob }) => {
  const { page } = ada;
  // references:start
  await createOthers(ada);
  // references:end
  await page.goto('/sample-items');
  await page.getByRole('link', { name: 'New sample item' }).click();
  await expect(page.getByRole('heading', { name: 'New sample item' })).toBeVisible();
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

test('keeps unsaved input after a reload, and discards it on Cancel', async ({ ada }) => {
  const { page } = ada;
  // references:start
  await createOthers(ada);
  // references:end
  await page.goto('/sample-items/new');
  await enterChange(page);
  const drafts = () =>
    page.evaluate(() => Object.keys(sessionStorage).filter((name) => name.includes('.new-sample-item')));
  await expect.poll(drafts).toHaveLength(1);
  await page.reload();
  await expectChange(page);
  await page.getByRole('link', { name: 'Cancel' }).click();
  await expect(page.getByText('No sample items yet')).toBeVisible();
  expect(await drafts()).toEqual([]);
});

// ref:start
for (const { label, collection, isOptional } of references) {
  test(`"${label}" is chosen and cleared with the keyboard`, async ({ ada }) => {
    const { page } = ada;
    await createOthers(ada);
    await createRow(ada, collection);
    await page.goto('/sample-items/new');
    await enterValues(page);
    const control = page.getByRole('combobox', { name: label, exact: true });
    await control.focus();
    await page.keyboard.press('ArrowDown');
    const list = page.getByRole('listbox', { name: label });
    const options = list.getByRole('option');
    await expect(options.nth(1)).toBeVisible();
    await expectAccessible(page, `the form with the options of "${label}"`);
    const name = (await options.last().textContent())!;
    await page.keyboard.type(name);
    await expect(list).toHaveAttribute('aria-busy', 'false');
    await page.keyboard.press('Enter');
    await expect(control).toHaveValue(name);

    const save = page.getByRole('button', { name: 'Save' });
    await save.press('Enter');
    const rows = page.getByRole('list', { name: 'Sample items' }).getByRole('link');
    await rows.click();
    await expect(page.getByRole('heading', { name: 'Edit sample item' })).toBeVisible();
    await expect(control).toHaveValue(name);
    await page.reload();
    await expect(control).toHaveValue(name);
    if (isOptional) {
      await page.getByRole('button', { name: `Clear ${label.toLowerCase()}` }).press('Enter');
      await expect(control).toBeFocused();
      await save.press('Enter');
      await rows.click();
      await expect(control).toHaveValue('');
    }
  });
}
// ref:end

// refs:start
for (const { label, collection } of manyReferences) {
  test(`several "${label}" are chosen and removed with the keyboard`, async ({ ada }) => {
    const { page } = ada;
    await createOthers(ada);
    await createRow(ada, collection);
    await page.goto('/sample-items/new');
    await enterValues(page);
    const chosen = page.getByRole('list', { name: label, exact: true }).getByRole('listitem');
    await page.getByRole('combobox', { name: label, exact: true }).focus();
    await page.keyboard.press('ArrowDown');
    await expect(page.getByRole('listbox', { name: label }).getByRole('option').first()).toBeVisible();
    await expectAccessible(page, `the form with the options of "${label}"`);
    await page.keyboard.press('Enter');
    await expect(chosen).toHaveCount(2);

    const save = page.getByRole('button', { name: 'Save' });
    await save.press('Enter');
    const rows = page.getByRole('list', { name: 'Sample items' }).getByRole('link');
    await rows.click();
    await expect(page.getByRole('heading', { name: 'Edit sample item' })).toBeVisible();
    await expect(chosen).toHaveCount(2);
    await chosen.first().getByRole('button').press('Enter');
    await expect(chosen).toHaveCount(1);
    await save.press('Enter');
    await rows.click();
    await expect(chosen).toHaveCount(1);
  });
}
// refs:end
