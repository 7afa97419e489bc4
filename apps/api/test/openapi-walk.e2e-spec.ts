import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, Module, NotFoundException, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse } from '@nestjs/swagger';
import { type AuthUser, CurrentUser, RequireVerifiedEmail, Scopes } from '@app/auth';
import { z } from 'zod';
import { createTestDatabase, type TestDatabase } from '../../../tools/test/database.js';
import { idSchema } from '../src/http/field.schemas.js';
import type { OpenApiDocument, OperationObject } from './openapi-check.js';
import {
  expectForeignFiltersToFindNothing,
  expectForeignPathsToBeMissing,
  expectForeignReferencesToBeInvalid,
  expectOnlyOwnRows,
  expectRolesToBeRequired,
  expectScopesToBeRequired,
  type Operation,
  OpenApiWalk,
} from './openapi-walk.js';
import { createRelatedTables, RelatedModule } from './related-modules.js';
import { type RunningApi, startApi } from './running-api.js';

const leakSchema = z.strictObject({ id: idSchema }).meta({ id: 'Leak' });
const newLeakSchema = z.strictObject({
  taskId: idSchema.meta({ 'x-references': '/api/tasks' }).optional(),
});
const filterSchema = z.strictObject({ taskId: idSchema.meta({ 'x-references': '/api/tasks' }).optional() });

/** A module that forgets the owner everywhere. */
@Controller('leaks')
class LeaksController {
  readonly #rows: { id: string; taskId?: string }[] = [];

  @Post()
  @ApiCreatedResponse({ standardSchema: leakSchema })
  create(
    @CurrentUser() _: AuthUser,
    @Body({ schema: newLeakSchema }) { taskId }: z.infer<typeof newLeakSchema>,
  ) {
    this.#rows.push({ id: randomUUID(), taskId });
    return { id: this.#rows.at(-1)!.id };
  }

  @Get()
  @Scopes('leaks:read', 'leaks:write')
  @ApiOkResponse({ standardSchema: z.strictObject({ items: z.array(leakSchema) }).meta({ id: 'Leaks' }) })
  findAll(@Query({ schema: filterSchema }) { taskId }: z.infer<typeof filterSchema>) {
    const items = this.#rows.filter((row) => !taskId || row.taskId !== undefined).map(({ id }) => ({ id }));
    return { items };
  }

  @RequireVerifiedEmail()
  @Get(':id')
  @ApiOkResponse({ standardSchema: leakSchema })
  findOne(@Param('id', { schema: idSchema }) id: string) {
    if (!this.#rows.some((row) => row.id === id)) {
      throw new NotFoundException();
    }
    return { id };
  }
}

@Module({ controllers: [LeaksController] })
class LeaksModule {}

let database: TestDatabase;
let api: RunningApi;
let walk: OpenApiWalk;

beforeAll(async () => {
  database = await createTestDatabase();
  await createRelatedTables(database.url);
  api = await startApi({ DATABASE_URL: database.url }, undefined, (module) => ({
    ...module,
    imports: [...module.imports!, RelatedModule, LeaksModule],
  }));
  walk = new OpenApiWalk(api.document, () => api);
});

afterAll(async () => {
  await api.close();
  await database.drop();
});

function get(name: string): Operation {
  return walk.operations.find((operation) => operation.name === name)!;
}

const safe = () => walk.operations.filter(({ path }) => !path.startsWith('/api/leaks'));

describe('in modules that refer to each other', () => {
  it('fills every parameter of a path', async () => {
    const names = safe().filter((operation) => walk.isRowPath(operation));
    expect(names.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['PATCH /api/tasks/{taskId}/moons/{id}', 'POST /api/planets/{id}/link']),
    );
    for (const operation of names) {
      await expectForeignPathsToBeMissing(walk, operation);
    }
  });

  it('sends references, in required, optional and list fields', async () => {
    const operations = safe().filter(({ references }) => references.length > 0);
    expect(
      operations.map(({ name, references }) => [name, references.map(({ path }) => path.join('/'))]),
    ).toEqual(
      expect.arrayContaining([
        ['POST /api/planets', ['parentId', 'pinnedId']],
        ['PATCH /api/planets/{id}', ['parentId', 'pinnedId']],
        ['POST /api/planets/{id}/link', ['taskIds/0']],
        ['POST /api/tasks/{taskId}/moons', ['planetId']],
        ['PATCH /api/tasks/{taskId}/moons/{id}', ['planetId']],
      ]),
    );
    for (const operation of operations) {
      await expectForeignReferencesToBeInvalid(walk, operation);
    }
  });

  it('filters by references', async () => {
    const list = get('GET /api/planets');
    const parameter = list.parameters.find(({ name }) => name === 'parentId')!;
    await expectForeignFiltersToFindNothing(walk, list, parameter);
  });

  it('reads every list, with samples of required parameters', async () => {
    const [ada, stats] = [await walk.user('ada'), get('GET /api/planets/stats')];
    const { body } = await walk.expectSuccess(walk.send(ada, stats, []), stats);
    expect(body).toEqual({ days: 7 });
    for (const operation of safe().filter(({ method }) => method === 'get')) {
      await expectOnlyOwnRows(walk, operation);
    }
  });

  it('calls restricted routes with and without each role', async () => {
    const { requiredRoles } = get('GET /api/planets/summary');
    expect(requiredRoles).toEqual(['admin', 'auditor']);
    await expectRolesToBeRequired(walk, get('GET /api/planets/summary'), api.as);
  });
});

describe('the OpenAPI document', () => {
  const operation = (path: string) => api.document.paths[path]!.get!;

  it('says that a public route needs no token', () => {
    expect(operation('/api/planets/version').security).toEqual([]);
    expect(Object.keys(operation('/api/planets/version').responses)).not.toContain('401');
    expect(operation('/api/planets').security).toBeUndefined();
  });

  it('lists the roles and scopes of a route', () => {
    expect(operation('/api/planets/summary')['x-required-roles']).toEqual(['admin', 'auditor']);
    expect(operation('/api/planets')['x-required-roles']).toBeUndefined();
    expect(operation('/api/leaks')['x-required-scopes']).toEqual(['leaks:read', 'leaks:write']);
    expect(operation('/api/planets')['x-required-scopes']).toBeUndefined();
  });

  it('lists 403 for every route that needs a token', () => {
    expect(Object.keys(operation('/api/planets').responses)).toContain('403');
    expect(Object.keys(operation('/api/planets/version').responses)).not.toContain('403');
  });
});

describe('in a module that forgets the owner', () => {
  it("finds another user's row by its path", async () => {
    await expect(expectForeignPathsToBeMissing(walk, get('GET /api/leaks/{id}'))).rejects.toThrow(
      /"status": 200/,
    );
  });

  it("finds another user's row in a list", async () => {
    await expect(expectOnlyOwnRows(walk, get('GET /api/leaks'))).rejects.toThrow(/"found": Array/);
  });

  it("finds a reference to another user's row", async () => {
    await expect(expectForeignReferencesToBeInvalid(walk, get('POST /api/leaks'))).rejects.toThrow(
      /"status": 201/,
    );
  });

  it("finds rows by another user's reference", async () => {
    const list = get('GET /api/leaks');
    const leaks = expectForeignFiltersToFindNothing(walk, list, list.parameters[0]!);
    await expect(leaks).rejects.toThrow(/Array \[\]/);
  });

  it('finds a route without its scope', async () => {
    await expectScopesToBeRequired(walk, get('GET /api/leaks'), api.as);
    const other = { ...get('GET /api/leaks'), requiredScopes: ['leaks:list'] };
    await expect(expectScopesToBeRequired(walk, other, api.as)).rejects.toThrow(/"isForbidden": true/);
  });

  it('finds a route without its role', async () => {
    const open = { ...get('GET /api/leaks'), requiredRoles: ['admin'] };
    await expect(expectRolesToBeRequired(walk, open, api.as)).rejects.toThrow(/403/);
  });
});

describe('names the route', () => {
  const uuid = { type: 'string', format: 'uuid' };
  const withId = { type: 'object', properties: { id: uuid } };
  const json = (schema: object) => ({ content: { 'application/json': { schema } } });

  const walkOf = (paths: Record<string, Record<string, Partial<OperationObject>>>) => {
    const all = { ...api.document, paths: { ...api.document.paths, ...paths } } as OpenApiDocument;
    const other = new OpenApiWalk(all, () => api);
    return { other, find: (name: string) => other.operations.find((one) => one.name === name)! };
  };

  it('whose path cannot be filled', async () => {
    const parameters = [{ name: 'id', in: 'path', schema: uuid }];
    const { other, find } = walkOf({ '/api/orphans/{id}': { get: { parameters, responses: {} } } });
    await expect(other.fill(await other.user('ada'), find('GET /api/orphans/{id}'))).rejects.toThrow(
      "GET /api/orphans/{id}: {id} can't be filled, because there is no POST /api/orphans that creates a row.",
    );
  });

  it('whose required references form a cycle', async () => {
    const refersTo = (collection: string) => ({
      post: {
        requestBody: json({
          type: 'object',
          properties: { otherId: { ...uuid, 'x-references': collection } },
          required: ['otherId'],
        }),
        responses: { 201: json(withId) },
      },
    });
    const { other, find } = walkOf({
      '/api/hens': refersTo('/api/eggs'),
      '/api/eggs': refersTo('/api/hens'),
    });
    await expect(other.create(await other.user('ada'), find('POST /api/hens'))).rejects.toThrow(
      'POST /api/hens: no first row can be created, because required references form a cycle: ' +
        '/api/hens → /api/eggs → /api/hens. Make one of them optional.',
    );
  });

  it('that rejects its sample data', async () => {
    const { other } = walkOf({});
    const operation = { ...get('POST /api/tasks'), body: { type: 'object' } };
    await expect(other.create(await other.user('ada'), operation)).rejects.toThrow(
      'POST /api/tasks responded with 400 to a sample request',
    );
  });

  it.each([
    ['POST /api/hens: /eggId', { requestBody: json({ type: 'object', properties: { eggId: uuid } }) }],
    ['POST /api/hens: eggId', { parameters: [{ name: 'eggId', in: 'query', schema: uuid }] }],
  ])('with an id that does not say what it refers to: %s', (name, operation) => {
    expect(() => walkOf({ '/api/hens': { post: { ...operation, responses: {} } } })).toThrow(
      `${name} is a UUID that doesn't say what it refers to.`,
    );
  });
});
