import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { document } from './openapi-check.js';
import { type Client, type RunningApi, startApi } from './running-api.js';
import { sample } from './sample.js';

/** Routes that need no token, each with the reason. */
const PUBLIC: Record<string, string> = {};

type Operation = {
  security?: object[];
  parameters?: { in: string; name: string }[];
  requestBody?: { content: { 'application/json'?: { schema: object } } };
};

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path}`,
    path,
    method: method as 'get' | 'post' | 'put' | 'patch' | 'delete',
    operation: operation as Operation,
  })),
);
const protectedOperations = operations.filter(({ name }) => !(name in PUBLIC));
const rowOperations = protectedOperations.filter(({ path }) => path.includes('{'));

let api: RunningApi;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

function send(user: Client, { method, operation }: (typeof operations)[number], path: string) {
  const schema = operation.requestBody?.content['application/json']?.schema;
  const test = user[method](path);
  return schema ? test.send(sample(schema) as object) : test;
}

/** Creates a row in the collection of a path such as /api/tasks/{id}. */
async function createRow(user: Client, path: string): Promise<string> {
  const collection = path.slice(0, path.indexOf('/{'));
  const create = operations.find((operation) => operation.method === 'post' && operation.path === collection);
  if (!create) {
    throw new Error(`${path} has an id, but there is no POST ${collection} to create a row for the test.`);
  }
  const { body } = await send(user, create, collection).expect(201);
  return body.id;
}

it('lists every public route', () => {
  const open = operations.filter(({ operation }) => operation.security?.length === 0).map(({ name }) => name);
  expect(open.toSorted()).toEqual(Object.keys(PUBLIC).toSorted());
});

describe('every route', () => {
  it.each(protectedOperations)('$name returns 401 without a token', async (operation) => {
    const path = operation.path.replace(/\{[^}]+\}/g, randomUUID());
    const { headers } = await send(api.anonymous, operation, path).expect(401);
    expect(headers['www-authenticate']).toBe('Bearer');
  });
});

describe('every route with an id', () => {
  it.each(rowOperations)(
    "$name returns the same 404 for another user's row as for a missing one",
    async (operation) => {
      const [ada, bob] = [await api.as('ada'), await api.as('bob')];
      const id = await createRow(ada, operation.path);
      const missingId = randomUUID();
      const [theirs, missing] = await Promise.all(
        [id, missingId].map((row) =>
          send(bob, operation, operation.path.replace(/\{[^}]+\}/, row)).expect(404),
        ),
      );
      expect(JSON.parse(theirs!.text.replaceAll(id, missingId))).toEqual(missing!.body);
      const read = operation.path.replace(/(\{[^}]+\}).*/, '$1').replace(/\{[^}]+\}/, id);
      await ada.get(read).expect(200);
    },
  );
});

describe('every list', () => {
  const lists = protectedOperations.filter(
    ({ method, path }) =>
      method === 'get' && rowOperations.some((operation) => operation.path.startsWith(`${path}/{`)),
  );

  it.each(lists)("$name returns only the user's own rows", async ({ path }) => {
    const [ada, bob] = [await api.as('ada'), await api.as('bob')];
    const id = await createRow(ada, `${path}/{id}`);
    const { body: hers } = await ada.get(path).expect(200);
    const { body: his } = await bob.get(path).expect(200);
    expect(hers.items.map((row: { id: string }) => row.id)).toEqual([id]);
    expect(his.items).toEqual([]);
  });

  it.each(lists)('$name ignores an owner in any parameter', async ({ path, operation }) => {
    const [ada, bob] = [await api.as('ada'), await api.as('bob')];
    const id = await createRow(ada, `${path}/{id}`);
    const parameters = operation.parameters?.filter((parameter) => parameter.in === 'query') ?? [];
    for (const { name } of parameters) {
      const { text } = await bob.get(path).query({ [name]: ada.id });
      expect({ name, text }).toEqual({ name, text: expect.not.stringContaining(id) });
    }
  });
});

it('returns 404 for every row after the account was deleted', async () => {
  const ada = await api.as('ada');
  const created = [];
  for (const path of new Set(rowOperations.map((operation) => operation.path))) {
    created.push(path.replace(/\{[^}]+\}.*/, await createRow(ada, path)));
  }
  await ada.delete('/api/me').expect(204);
  for (const path of created) {
    await ada.get(path).expect(404);
  }
});
