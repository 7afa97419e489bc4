import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { document } from './openapi-check.js';
import { type RunningApi, startApi } from './running-api.js';

let api: RunningApi;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

it('serves the document that is committed', async () => {
  const answer = await fetch(`${api.url}/openapi.json`);
  expect(await answer.json()).toEqual(document);
});

it('serves a page to read it, whose policy lets its own scripts and styles run and no others', async () => {
  const answer = await fetch(`${api.url}/docs`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-security-policy')).toBe(
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'",
  );
  const page = await answer.text();
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

it('serves neither where API_DOCS is false', async () => {
  const quiet = await startApi({ API_DOCS: 'false' });
  for (const path of ['/docs', '/openapi.json']) {
    expect((await fetch(quiet.url + path)).status).toBe(404);
  }
  await quiet.close();
});
