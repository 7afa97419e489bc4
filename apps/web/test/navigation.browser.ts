import type { Page } from '@playwright/test';
import { appName } from '../src/app-name.js';
import { navItems } from '../src/components/layouts/nav-items.js';
import { expect, expectAccessible, openTasks, test } from './users.js';

/** Returns the visible navigation. Opens the menu if it is in one. */
async function openNavigation(page: Page) {
  const menu = page.getByRole('button', { name: 'Menu' });
  if (await menu.isVisible()) {
    await menu.click();
  }
  return page.getByRole('navigation', { name: 'Main' });
}

for (const { screen, width } of [
  { screen: 'a large screen', width: 1280 },
  { screen: 'a phone', width: 320 },
]) {
  test(`the navigation leads to every section and shows where the user is, on ${screen}`, async ({ ada }) => {
    const { page } = ada;
    await page.setViewportSize({ width, height: 700 });
    await page.goto('/settings/profile');
    for (const { href, label } of navItems) {
      await (await openNavigation(page)).getByRole('link', { name: label, exact: true }).click();
      await expect(page).toHaveURL(href);
      await expect(page.getByRole('heading', { level: 1, name: label })).toBeVisible();
      const navigation = await openNavigation(page);
      await expect(navigation.locator('[aria-current=page]')).toHaveText(label);
      await expectAccessible(page, label);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      await page.keyboard.press('Escape');
    }
    await page.goto('/settings/profile');
    await expect(page.getByRole('navigation', { name: 'Main' }).locator('[aria-current]')).toHaveCount(0);
  });
}

test('the name of the app differs from the names of its sections and leads to the tasks', async ({ ada }) => {
  const { page } = ada;
  expect(navItems.map(({ label }) => label)).not.toContain(appName);
  await page.goto('/settings/profile');
  await page.getByRole('banner').getByRole('link', { name: appName }).click();
  await expect(page).toHaveURL('/tasks');
});

if (navItems.length >= 4) {
  test('four or more sections are in a sidebar on large screens and in a menu on phones', async ({ ada }) => {
    const { page } = ada;
    await openTasks(page);
    const links = page.getByRole('navigation', { name: 'Main' }).getByRole('link');
    await page.setViewportSize({ width: 1280, height: 700 });
    await expect(links).toHaveCount(navItems.length);
    await expect(page.getByRole('button', { name: 'Menu' })).toBeHidden();
    const content = await page.getByRole('main').boundingBox();
    for (const link of await links.all()) {
      const box = await link.boundingBox();
      expect(box!.x + box!.width).toBeLessThan(content!.x);
    }

    await page.setViewportSize({ width: 390, height: 700 });
    await expect(links).toHaveCount(0);
    await page.getByRole('button', { name: 'Menu' }).focus();
    await page.keyboard.press('Enter');
    await expect(links).toHaveCount(navItems.length);
    await page.keyboard.press('Escape');
    await expect(links).toHaveCount(0);
  });
}
