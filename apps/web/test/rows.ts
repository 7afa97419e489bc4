import type { Page } from '@playwright/test';
import { document } from '../../api/test/openapi-check.js';
import { resolve, sample } from '../../api/test/sample.js';
import { expect, type TestUser } from './users.js';

let serial = 0;

/** Creates a row with sample values through the API, and first the rows that it must refer to. */
export async function createRow(user: TestUser, collection: string): Promise<{ id: string }> {
  const { parameters = [], requestBody } = document.paths[collection]!.post!;
  let path = collection;
  for (const { name, schema } of parameters.filter((parameter) => parameter.in === 'path')) {
    const prefix = collection.slice(0, collection.indexOf(`/{${name}}`));
    const { id } = await createRow(user, schema['x-references'] ?? prefix);
    path = path.replace(`{${name}}`, id);
  }
  const schema = resolve(document, requestBody!.content['application/json']!.schema);
  serial += 1;
  const values = sample(document, schema, { serial }) as Record<string, unknown>;
  for (const name of schema.required ?? []) {
    const other = schema.properties?.[name]?.['x-references'];
    if (other) {
      values[name] = (await createRow(user, other)).id;
    }
  }
  const { status, body } = await user.callApi('POST', path, values);
  expect(status, `POST ${path}`).toBe(201);
  return body;
}

/** Chooses the first row that a form offers for a reference. */
export async function chooseFirst(page: Page, label: string): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).click();
  await page.getByRole('listbox', { name: label }).getByRole('option').first().click();
}
