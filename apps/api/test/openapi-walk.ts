import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { Response, Test } from 'supertest';
import type { OpenApiDocument, Schema } from './openapi-check.js';
import type { Client, Method, RunningApi } from './running-api.js';
import { resolve, sample } from './sample.js';

/** Routes that read or write rows of all owners, each with the reason. They must require a role. */
export const ACROSS_OWNERS: Record<string, string> = {};

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema: Schema;
}

/** A field of a body that contains the id of a row in another collection. */
export interface Reference {
  /** `[0]` is the first item of a list of ids. */
  path: (string | number)[];
  collection: string;
  isRequired: boolean;
}

export interface Operation {
  /** Such as `POST /api/tasks`. */
  name: string;
  method: Method;
  path: string;
  parameters: Parameter[];
  body?: Schema;
  /** Whether the route has a body without a schema (`@RawBody()`), for which there is no sample. */
  isRaw: boolean;
  references: Reference[];
  isPublic: boolean;
  requiredRoles: string[];
  requiredScopes: string[];
  /** Whether the success response has an `id`. */
  returnsRow: boolean;
}

/** A value for each parameter of a path, in its order. Null: not the id of a row. */
interface FilledPath {
  values: string[];
  isRow: boolean[];
}

/** Compares paths regardless of the names of their parameters. */
const shape = (path: string) => path.replace(/\{[^}]+\}/g, '{}');

export const hasParameters = (path: string) => path.includes('{');

export function insert(path: string, values: string[]): string {
  let index = 0;
  return path.replace(/\{[^}]+\}/g, () => encodeURIComponent(values[index++]!));
}

/**
 * Calls the operations of an OpenAPI document with sample data. Ids in paths and bodies are those of rows that it
 * creates through the api itself.
 */
export class OpenApiWalk {
  readonly operations: Operation[];
  readonly #document: OpenApiDocument;
  readonly #api: () => Pick<RunningApi, 'as'>;
  /** Paths of the rows that a user has created, to find them in responses to other users. */
  readonly #created = new Map<string, string[]>();
  #serial = 0;

  /** @param api is called when the tests run, because the operations are needed earlier. */
  constructor(document: OpenApiDocument, api: () => Pick<RunningApi, 'as'>) {
    this.#document = document;
    this.#api = api;
    this.operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): Operation => {
        const name = `${method.toUpperCase()} ${path}`;
        const parameters = operation.parameters ?? [];
        const body = operation.requestBody?.content['application/json']?.schema;
        for (const parameter of parameters.filter((one) => one.in === 'query')) {
          assertSaysWhatItRefersTo(name, parameter.name, parameter.schema);
        }
        return {
          name,
          method: method as Method,
          path,
          parameters,
          body,
          isRaw: operation.requestBody !== undefined && Object.keys(body ?? {}).length === 0,
          references: body ? this.#findReferences(name, body) : [],
          isPublic: operation.security?.length === 0,
          requiredRoles: operation['x-required-roles'] ?? [],
          requiredScopes: operation['x-required-scopes'] ?? [],
          returnsRow: ['200', '201'].some((status) => {
            const schema = operation.responses[status]?.content?.['application/json']?.schema;
            return schema !== undefined && 'id' in (resolve(document, schema).properties ?? {});
          }),
        };
      }),
    );
  }

  /** Returns a new user who has all roles. */
  user(name: string): Promise<Client> {
    const roles = [...new Set(this.operations.flatMap(({ requiredRoles }) => requiredRoles))];
    return this.#api().as(name, { roles, email_verified: true });
  }

  /** The ids of the rows that were created for a user. */
  idsOf(user: Client): string[] {
    return this.#created.get(user.id) ?? [];
  }

  /** Whether the ids of a path are those of rows. */
  isRowPath({ path, parameters }: Operation): boolean {
    return (
      parameters.some((parameter) => parameter.in === 'path' && !isPlainValue(parameter.schema)) &&
      hasParameters(path)
    );
  }

  find(method: Method, path: string): Operation | undefined {
    return this.operations.find((one) => one.method === method && shape(one.path) === shape(path));
  }

  /** Whether a POST creates a row of a collection. Otherwise it is an action, such as `POST /api/tasks/{id}/complete`. */
  createsRow({ method, path, returnsRow }: Operation): boolean {
    const isPrefix = this.operations.some((one) => shape(one.path).startsWith(`${shape(path)}/{}`));
    return method === 'post' && returnsRow && (isPrefix || this.find('get', path) !== undefined);
  }

  /** Fills each parameter of a path with a row that is created through the collection in front of it. */
  async fill(user: Client, operation: Operation, creating: string[] = []): Promise<FilledPath> {
    const { path, name } = operation;
    const values: string[] = [];
    const isRow: boolean[] = [];
    for (const match of path.matchAll(/\{([^}]+)\}/g)) {
      const schema =
        operation.parameters.find((one) => one.in === 'path' && one.name === match[1])?.schema ?? {};
      isRow.push(!isPlainValue(schema));
      if (isPlainValue(schema)) {
        values.push(String(sample(this.#document, schema)));
        continue;
      }
      const prefix = path.slice(0, match.index - 1);
      const collection = schema['x-references'] ?? prefix;
      const create = this.find('post', collection);
      if (!create) {
        throw new Error(
          `${name}: {${match[1]}} can't be filled, because there is no POST ${collection} that creates a row. Add ` +
            "that route, or put the extension x-references with the path of a collection on the parameter's schema.",
        );
      }
      const given = collection === prefix ? [...values] : undefined;
      values.push((await this.create(user, create, { given, creating })).id);
    }
    return { values, isRow };
  }

  /** Creates a row. @param given the values of the path's parameters */
  async create(
    user: Client,
    operation: Operation,
    { given, full, creating = [] }: { given?: string[]; full?: boolean; creating?: string[] } = {},
  ): Promise<{ id: string; body: object }> {
    if (creating.includes(operation.path)) {
      throw new Error(
        `${operation.name}: no first row can be created, because required references form a cycle: ` +
          `${[...creating, operation.path].join(' → ')}. Make one of them optional.`,
      );
    }
    const chain = [...creating, operation.path];
    const values = given ?? (await this.fill(user, operation, creating)).values;
    const body = await this.body(user, operation, { full, creating: chain });
    const response = await this.expectSuccess(this.send(user, operation, values, { body }), operation);
    const { id } = response.body as { id?: string };
    if (typeof id !== 'string') {
      throw new Error(
        `${operation.name} has to create a row for other routes, but its response has no \`id\`.`,
      );
    }
    this.#created.set(user.id, [...this.idsOf(user), id]);
    return { id, body };
  }

  /** Returns a sample body whose references are rows of the user. Undefined if the operation has none. */
  async body(
    user: Client,
    operation: Operation,
    { full = false, creating = [] }: { full?: boolean; creating?: string[] } = {},
  ): Promise<Record<string, unknown>> {
    this.#serial += 1;
    const body = sample(this.#document, operation.body ?? {}, { full, serial: this.#serial });
    for (const reference of operation.references.filter(({ isRequired }) => isRequired || full)) {
      // A reference to the row's own collection begins with a row that has none.
      const chain = reference.isRequired ? creating : [];
      setAt(body, reference.path, await this.createReferenced(user, operation, reference.collection, chain));
    }
    return body as Record<string, unknown>;
  }

  async createReferenced(
    user: Client,
    { name }: Operation,
    collection: string,
    creating: string[] = [],
  ): Promise<string> {
    const create = this.find('post', collection);
    if (!create) {
      throw new Error(
        `${name} refers to ${collection}, but there is no POST ${collection} that creates a row.`,
      );
    }
    return (await this.create(user, create, { creating })).id;
  }

  /** Sends a request with samples of all required query parameters. */
  send(
    user: Client,
    { method, path, body: schema, parameters }: Operation,
    values: string[],
    { body, query }: { body?: object; query?: Record<string, string | number | undefined> } = {},
  ): Test {
    const required = parameters
      .filter((parameter) => parameter.in === 'query' && parameter.required)
      .map((parameter) => [parameter.name, sample(this.#document, parameter.schema)]);
    const test = user[method](insert(path, values)).query({ ...Object.fromEntries(required), ...query });
    return schema ? test.send(body) : test;
  }

  async expectSuccess(sent: PromiseLike<Response>, operation: Operation): Promise<Response> {
    const response = await sent;
    this.assertSuccess(response, operation);
    return response;
  }

  /** @throws Error that names the operation, unless the response is a success. */
  assertSuccess({ status, text }: Response, { name }: Operation): void {
    if (status >= 300) {
      throw new Error(
        `${name} responded with ${status} to a sample request of a user with all roles: ${text}`,
      );
    }
  }

  #findReferences(name: string, given: Schema, path: Reference['path'] = [], isRequired = true): Reference[] {
    const schema = resolve(this.#document, given);
    const collection = schema['x-references'] ?? given['x-references'];
    const variants = schema.anyOf ?? schema.oneOf ?? [];
    if (collection) {
      const isList = [schema, ...variants].some(({ type }) => [type].flat().includes('array'));
      return [{ path: isList ? [...path, 0] : path, collection, isRequired: isRequired && !isList }];
    }
    assertSaysWhatItRefersTo(name, `/${path.join('/')}`, schema);
    if (variants.length > 0) {
      return variants.flatMap((variant) =>
        this.#findReferences(name, variant, path, isRequired && variants.length === 1),
      );
    }
    if (schema.items) {
      return this.#findReferences(name, schema.items, [...path, 0], isRequired && (schema.minItems ?? 0) > 0);
    }
    return Object.entries(schema.properties ?? {}).flatMap(([property, value]) =>
      this.#findReferences(
        name,
        value,
        [...path, property],
        isRequired && (schema.required ?? []).includes(property),
      ),
    );
  }
}

/** Otherwise no test would send another user's id. */
function assertSaysWhatItRefersTo(name: string, field: string, { format, ...schema }: Schema): void {
  if (format === 'uuid' && schema['x-references'] === undefined) {
    throw new Error(
      `${name}: ${field} is a UUID that doesn't say what it refers to. Put the extension x-references with the path ` +
        'of the collection on its schema, or null if it refers to no row.',
    );
  }
}

/** A number, a date or one of several words, which isn't the id of a row. */
function isPlainValue({ type, enum: values, format, ...schema }: Schema): boolean {
  return (
    schema['x-references'] === null ||
    values !== undefined ||
    ['date', 'date-time'].includes(format ?? '') ||
    ['integer', 'number', 'boolean'].includes([type].flat()[0] ?? '')
  );
}

export function setAt(body: unknown, path: Reference['path'], value: unknown): void {
  let target = body as Record<string | number, unknown>;
  for (const [index, key] of path.slice(0, -1).entries()) {
    target[key] ??= typeof path[index + 1] === 'number' ? [] : {};
    target = target[key] as typeof target;
  }
  target[path.at(-1)!] = value;
}

/** What a user sees of a row: the row, or the list that contains it. */
async function observe(walk: OpenApiWalk, user: Client, { path }: Operation, values: string[]) {
  const row = path.replace(/(.*\}).*/, '$1');
  const list = row.replace(/\/\{[^}]+\}$/, '');
  // A link such as /api/notes/{id}/tags/{tagId} is a part of the row in front of it.
  const read = [row, list, list.replace(/(.*\}).*/, '$1')].flatMap((one) => walk.find('get', one) ?? [])[0];
  return read && (await walk.expectSuccess(walk.send(user, read, values), read)).text;
}

/** Another user's id in a path has exactly the response of an id that doesn't exist, and changes nothing. */
export async function expectForeignPathsToBeMissing(walk: OpenApiWalk, operation: Operation): Promise<void> {
  const [ada, bob] = [await walk.user('ada'), await walk.user('bob')];
  const hers = await walk.fill(ada, operation);
  const his = await walk.fill(bob, operation);
  const body = await walk.body(bob, operation);
  const before = await observe(walk, ada, operation, hers.values);
  const rows = hers.isRow.flatMap((isRow, index) => (isRow ? [index] : []));
  expect(rows).not.toEqual([]);
  // One after the other, and all at once.
  for (const foreign of rows.length > 1 ? [...rows.map((row) => [row]), rows] : [rows]) {
    const missingIds = new Map(foreign.map((index) => [hers.values[index]!, randomUUID() as string]));
    const theirs = his.values.map((value, index) => (foreign.includes(index) ? hers.values[index]! : value));
    const missing = theirs.map((value) => missingIds.get(value) ?? value);
    const response = await walk.send(bob, operation, theirs, { body });
    const expected = await walk.send(bob, operation, missing, { body });
    expect(withIds(response, missingIds)).toEqual({ status: 404, body: expected.body });
    expect(expected.status).toBe(404);
  }
  expect(await observe(walk, ada, operation, hers.values)).toBe(before);
}

/** The response as if it were one to other ids. */
function withIds({ status, text }: Response, ids: Map<string, string>) {
  const replaced = [...ids].reduce((all, [from, to]) => all.replaceAll(from, to), text);
  return { status, body: JSON.parse(replaced || '{}') };
}

/** Another user's id in a body is a 400 that points at the field, like an id that doesn't exist. */
export async function expectForeignReferencesToBeInvalid(
  walk: OpenApiWalk,
  operation: Operation,
): Promise<void> {
  const [ada, bob] = [await walk.user('ada'), await walk.user('bob')];
  expect(operation.references).not.toEqual([]);
  for (const { path, collection } of operation.references) {
    const foreignId = await walk.createReferenced(ada, operation, collection);
    const { values } = await walk.fill(bob, operation);
    const missingId = randomUUID();
    const [foreign, missing] = [
      await walk.body(bob, operation, { full: true }),
      await walk.body(bob, operation, { full: true }),
    ];
    setAt(foreign, path, foreignId);
    setAt(missing, path, missingId);
    const response = await walk.send(bob, operation, values, { body: foreign });
    const expected = await walk.send(bob, operation, values, { body: missing });
    expect(withIds(response, new Map([[foreignId, missingId]]))).toEqual({
      status: 400,
      body: expected.body,
    });
    const pointers = (expected.body.errors as { pointer?: string }[]).map(({ pointer }) => pointer);
    // The pointer to a list may be that of the list or of its item.
    const pointer = `/${path.join('/')}`;
    expect([[pointer], [pointer.replace(/\/0$/, '')]]).toContainEqual(pointers);
    const body = await walk.body(bob, operation, { full: true });
    await walk.expectSuccess(walk.send(bob, operation, values, { body }), operation);
  }
}

/** A list that is filtered by another user's id has the response of an id that doesn't exist: no rows, or 400. */
export async function expectForeignFiltersToFindNothing(
  walk: OpenApiWalk,
  operation: Operation,
  { name, schema }: Parameter,
): Promise<void> {
  const [ada, bob] = [await walk.user('ada'), await walk.user('bob')];
  const foreignId = await walk.createReferenced(ada, operation, schema['x-references']!);
  const ownId = await walk.createReferenced(bob, operation, schema['x-references']!);
  const { values } = await walk.fill(bob, operation);
  const query = (id: string) => walk.send(bob, operation, values, { query: { [name]: id } });
  await walk.expectSuccess(query(ownId), operation);
  const missingId = randomUUID();
  const response = await query(foreignId);
  const missing = await query(missingId);
  expect([200, 400]).toContain(missing.status);
  expect(withIds(response, new Map([[foreignId, missingId]]))).toEqual({
    status: missing.status,
    body: missing.body,
  });
  if (missing.status === 200 && Array.isArray(missing.body.items)) {
    expect(missing.body.items).toEqual([]);
  }
}

/** A list contains the user's own row and no other user's, also when another user's id is in a parameter. */
export async function expectOnlyOwnRows(walk: OpenApiWalk, operation: Operation): Promise<void> {
  const [ada, bob] = [await walk.user('ada'), await walk.user('bob')];
  const hers = await walk.fill(ada, operation);
  const create = walk.find('post', operation.path);
  if (create && walk.createsRow(create)) {
    const { id } = await walk.create(ada, create, { given: hers.values });
    const { text } = await walk.expectSuccess(walk.send(ada, operation, hers.values), operation);
    expect(text).toContain(id);
  }
  const { values } = await walk.fill(bob, operation);
  const queries = operation.parameters
    .filter((parameter) => parameter.in === 'query')
    .map(({ name }) => ({ [name]: ada.id }));
  for (const query of [{}, ...queries]) {
    const { text, status, body } = await walk.send(bob, operation, values, { query });
    expect({ query, found: walk.idsOf(ada).filter((id) => text.includes(id)) }).toEqual({ query, found: [] });
    if (create && status === 200 && Array.isArray(body.items)) {
      expect(walk.idsOf(bob)).toEqual(
        expect.arrayContaining(body.items.map((row: { id: string }) => row.id)),
      );
    }
  }
}

/** Without one of its roles, a route is 403; with any of them, it isn't. */
export async function expectRolesToBeRequired(
  walk: OpenApiWalk,
  operation: Operation,
  as: RunningApi['as'],
): Promise<void> {
  const values = [...operation.path.matchAll(/\{/g)].map(() => randomUUID());
  const claims = { email_verified: true };
  const others = await as('ada', { ...claims, roles: ['another-role'] });
  const without = await as('ada', claims);
  const body = operation.body && (await walk.body(await walk.user('ada'), operation));
  for (const user of [without, others]) {
    expect((await walk.send(user, operation, values, { body })).status).toBe(403);
  }
  for (const role of operation.requiredRoles) {
    const { status } = await walk.send(await as('ada', { ...claims, roles: [role] }), operation, values, {
      body,
    });
    expect({ role, isForbidden: [401, 403].includes(status) }).toEqual({ role, isForbidden: false });
  }
}

/** A token with other scopes is 403 on every route. With a scope of the route it isn't, unless the route requires a role. */
export async function expectScopesToBeRequired(
  walk: OpenApiWalk,
  operation: Operation,
  as: RunningApi['as'],
): Promise<void> {
  const values = [...operation.path.matchAll(/\{/g)].map(() => randomUUID());
  const body = operation.body && (await walk.body(await walk.user('ada'), operation));
  const statusWith = async (scope: string) => {
    const claims = { email_verified: true, roles: operation.requiredRoles, scope };
    const user = await as('ada', claims, { typ: 'scoped+jwt' });
    return (await walk.send(user, operation, values, { body })).status;
  };
  for (const scope of ['', 'another:scope', `${operation.requiredScopes[0]}s`]) {
    expect({ scope, status: await statusWith(scope) }).toEqual({ scope, status: 403 });
  }
  const isForbidden = operation.requiredRoles.length > 0;
  for (const scope of operation.requiredScopes) {
    const status = await statusWith(`another:scope ${scope}`);
    expect({ scope, isForbidden: [401, 403].includes(status) }).toEqual({ scope, isForbidden });
  }
}
