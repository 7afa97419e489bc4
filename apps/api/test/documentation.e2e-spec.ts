import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { document } from './openapi-check.js';
import { type RunningApi, startApi } from './running-api.js';

let api: RunningApi;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

it('serves the committed OpenAPI document', async () => {
  const response = await fetch(`${api.url}/openapi.json`);
  expect(await response.json()).toEqual(document);
});

it('serves Swagger UI with a content security policy that allows only its own scripts and styles', async () => {
  const response = await fetch(`${api.url}/docs`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-security-policy')).toBe(
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'",
  );
  const page = await response.text();
  const scripts = [...page.matchAll(/<script([^>]*)>/g)].map(([, attributes]) => attributes);
  expect(scripts.length).toBeGreaterThan(0);
  for (const attributes of scripts) {
    const source = /src=['"]([^'"]+)/.exec(attributes!)![1]!;
    const script = await fetch(new URL(source, `${api.url}/docs`));
    expect([script.status, script.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('javascript'),
    ]);
  }
});

it('returns 404 for both if API_DOCS is false', async () => {
  const undocumented = await startApi({ API_DOCS: 'false' });
  for (const path of ['/docs', '/openapi.json']) {
    expect((await fetch(undocumented.url + path)).status).toBe(404);
  }
  await undocumented.close();
});
