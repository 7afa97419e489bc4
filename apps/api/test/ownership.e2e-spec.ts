import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { document } from './openapi-check.js';
import {
  ACROSS_OWNERS,
  expectForeignFiltersToFindNothing,
  expectForeignPathsToBeMissing,
  expectForeignReferencesToBeInvalid,
  expectOnlyOwnRows,
  expectRolesToBeRequired,
  expectScopesToBeRequired,
  hasParameters,
  OpenApiWalk,
} from './openapi-walk.js';
import { type RunningApi, startApi } from './running-api.js';

/** Routes that need no token, each with the reason. */
const PUBLIC: Record<string, string> = {};

/** Routes that a token with scopes can never call, each with the reason. */
const UNSCOPED: Record<string, string> = {
  'GET /api/me': 'It returns the profile of the user.',
  'DELETE /api/me': 'It deletes all data of the user.',
};

let api: RunningApi;

const walk = new OpenApiWalk(document, () => api);
const closed = walk.operations.filter(({ name }) => !(name in PUBLIC));
const owned = closed.filter(({ name }) => !(name in ACROSS_OWNERS));
const withRows = owned.filter((operation) => walk.isRowPath(operation));
const reads = owned.filter(({ method }) => method === 'get');

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

it('lists every public route', () => {
  const open = walk.operations.filter(({ isPublic }) => isPublic).map(({ name }) => name);
  expect(open.toSorted()).toEqual(Object.keys(PUBLIC).toSorted());
});

it('lists routes across owners only if they exist and require a role', () => {
  const restricted = closed.filter(({ requiredRoles }) => requiredRoles.length > 0).map(({ name }) => name);
  expect(restricted).toEqual(expect.arrayContaining(Object.keys(ACROSS_OWNERS)));
});

it('names a scope on every route that requires no role', () => {
  const unscoped = closed.filter((one) => one.requiredRoles.length === 0 && one.requiredScopes.length === 0);
  expect(unscoped.map(({ name }) => name).toSorted()).toEqual(Object.keys(UNSCOPED).toSorted());
});

it('finds routes of each kind', () => {
  expect(walk.operations.filter((operation) => walk.createsRow(operation))).not.toEqual([]);
  expect([withRows.length, reads.length]).not.toContain(0);
});

describe('every route', () => {
  it.each(closed)('$name returns 401 without a token', async (operation) => {
    const values = [...operation.path.matchAll(/\{/g)].map(() => randomUUID());
    const { headers } = await walk.send(api.anonymous, operation, values, { body: {} }).expect(401);
    expect(headers['www-authenticate']).toBe('Bearer');
  });
});

describe('every route with an id', () => {
  it.each(withRows)("$name returns the same 404 for another user's row as for a missing one", (operation) =>
    expectForeignPathsToBeMissing(walk, operation),
  );
});

describe('every response', () => {
  it.each(reads)("$name contains only the user's own rows", (operation) =>
    expectOnlyOwnRows(walk, operation),
  );
});

// These lists may be empty: a project needs neither references between modules nor roles.
describe('references', () => {
  for (const operation of owned.filter(({ references }) => references.length > 0)) {
    it(`${operation.name} returns 400 for another user's row in the body`, () =>
      expectForeignReferencesToBeInvalid(walk, operation));
  }
  for (const operation of reads) {
    for (const parameter of operation.parameters) {
      if (parameter.in === 'query' && parameter.schema['x-references']) {
        it(`${operation.name} finds nothing for another user's row in ${parameter.name}`, () =>
          expectForeignFiltersToFindNothing(walk, operation, parameter));
      }
    }
  }
});

describe('roles', () => {
  for (const operation of closed.filter(({ requiredRoles }) => requiredRoles.length > 0)) {
    it(`${operation.name} returns 403 without the role`, () =>
      expectRolesToBeRequired(walk, operation, api.as));
  }
});

describe('scopes', () => {
  it.each(closed)('$name returns 403 without one of its scopes', (operation) =>
    expectScopesToBeRequired(walk, operation, api.as),
  );
});

it('finds no row after the account was deleted', async () => {
  const ada = await walk.user('ada');
  const created = [];
  for (const operation of reads) {
    created.push({ operation, values: (await walk.fill(ada, operation)).values });
  }
  expect(walk.idsOf(ada)).not.toEqual([]);
  await ada.delete('/api/me').expect(204);
  for (const { operation, values } of created) {
    const { status, text } = await walk.send(ada, operation, values);
    expect({ name: operation.name, status }).toEqual({
      name: operation.name,
      status: hasParameters(operation.path) && walk.isRowPath(operation) ? 404 : 200,
    });
    expect(status === 404 || !walk.idsOf(ada).some((id) => text.includes(id))).toBe(true);
  }
});
