import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
// references:start
import { document } from '../../../../../../apps/api/test/openapi-check.js';
import { OpenApiWalk } from '../../../../../../apps/api/test/openapi-walk.js';
// references:end
import { type Client, type RunningApi, startApi } from '../../../../../../apps/api/test/running-api.js';

const route = '/api/sample-items';
/** A request body with every field that refers to no other row. */
const example = {};
/** The values of the fields that a request may omit. */
const defaults = {};
const changes = {};
const invalid = [{ field: 'ownerId', value: 'bob' }];
const orders = ['createdAt', '-createdAt'];
/** Rows that differ in the fields a list can be sorted by. */
const rows: object[] = [{}, {}, {}, {}];
/** Each row matches the search for "z". */
const matches: object[] = [];
const filters: { query: string; field: string; value: unknown; other: unknown }[] = [];
const nullable: string[] = [];
/** The fields of a request body that refer to other rows, and where those are created. */
const references: { field: string; collection: string }[] = [];
/** The lists of ids in a request body, their routes, and where the other rows are created and deleted. */
const links: { field: string; relation: string; collection: string; path: string }[] = [];
/** What a deletion of the other row does. */
const deletions: { field: string; path: string; onDelete: string }[] = [];

let api: RunningApi;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

// references:start
const walk = new OpenApiWalk(document, () => api);

/** Creates a row of another collection. */
const createOther = async (user: Client, collection: string) =>
  (await walk.create(user, walk.find('post', collection)!)).id;

// references:end
// bodies:start
/** Returns a request body with every field. */
const newBody = async (user: Client): Promise<object> => {
  const ids: Record<string, string | string[]> = {};
  // ref:start
  for (const { field, collection } of references) {
    ids[field] = await createOther(user, collection);
  }
  // ref:end
  // refs:start
  for (const { field, collection } of links) {
    ids[field] = [await createOther(user, collection)];
  }
  // refs:end
  return { ...example, ...ids };
};

// bodies:end
// nested:start
/** Creates a row and returns the path of the sample items that belong to it. */
const newList = async (user: Client) =>
  `/api/sample-parents/${await createOther(user, '/api/sample-parents')}/sample-items`;

// nested:end
const create = async (user: Client, list: string, values: object = {}) => {
  const response = await user
    .post(list)
    .send({ ...(await newBody(user)), ...values })
    .expect(201);
  return { ...response.body, etag: response.headers.etag as string };
};

describe('POST /api/sample-items', () => {
  it('returns the new sample item, its address and its ETag', async () => {
    const ada = await api.as('ada');
    const list = await newList(ada);
    const values = await newBody(ada);
    const { body, headers } = await ada.post(list).send(values).expect(201);
    expect(body).toEqual({
      ...values,
      // nested:start
      sampleParentId: list.split('/')[3],
      // nested:end
      id: expect.any(String),
      createdAt: expect.any(String),
      updatedAt: body.createdAt,
    });
    expect(headers).toMatchObject({ location: `${route}/${body.id}`, etag: '"1"' });
    const { body: found } = await ada.get(headers.location!).expect(200);
    expect(found).toEqual(body);
  });

  it('fills in default values', async () => {
    const ada = await api.as('ada');
    const list = await newList(ada);
    const required = Object.entries(await newBody(ada)).filter(([field]) => !Object.hasOwn(defaults, field));
    const { body } = await ada.post(list).send(Object.fromEntries(required)).expect(201);
    expect(body).toMatchObject(defaults);
  });

  it('creates one sample item for two requests with the same Idempotency-Key', async () => {
    const ada = await api.as('ada');
    const list = await newList(ada);
    const values = await newBody(ada);
    const send = () => ada.post(list).set('Idempotency-Key', 'k').send(values).expect(201);
    const [first, second] = [await send(), await send()];
    expect(second.body).toEqual(first.body);
  });

  it.each(invalid)('returns 400 for an invalid $field', async ({ field, value }) => {
    const ada = await api.as('ada');
    const list = await newList(ada);
    const { body } = await ada
      .post(list)
      .send({ ...(await newBody(ada)), [field]: value })
      .expect(400);
    expect(body.errors).toEqual([{ pointer: `/${field}`, detail: expect.any(String) }]);
  });

  it.each(references)(
    "returns the same 400 for another user's row in $field as for a missing one",
    async ({ field, collection }) => {
      const [ada, bob] = [await api.as('ada'), await api.as('bob')];
      const list = await newList(ada);
      const values = await newBody(ada);
      for (const id of [randomUUID(), await createOther(bob, collection)]) {
        const { body } = await ada
          .post(list)
          .send({ ...values, [field]: id })
          .expect(400);
        expect(body.errors).toEqual([{ pointer: `/${field}`, detail: expect.any(String) }]);
      }
    },
  );

  it.each(links)(
    "returns the same 400 for another user's row in $field as for a missing one",
    async ({ field, collection }) => {
      const [ada, bob] = [await api.as('ada'), await api.as('bob')];
      const list = await newList(ada);
      const values = await newBody(ada);
      const own = await createOther(ada, collection);
      for (const id of [randomUUID(), await createOther(bob, collection)]) {
        const { body } = await ada
          .post(list)
          .send({ ...values, [field]: [own, id] })
          .expect(400);
        expect(body.errors).toEqual([{ pointer: `/${field}/1`, detail: expect.any(String) }]);
      }
    },
  );

  it.each(links)('stores an id in $field once', async ({ field, collection }) => {
    const ada = await api.as('ada');
    const id = await createOther(ada, collection);
    const row = await create(ada, await newList(ada), { [field]: [id, id] });
    expect(row[field]).toEqual([id]);
  });

  // nested:start
  it("returns 404 for another user's sample parent", async () => {
    const [ada, bob] = [await api.as('ada'), await api.as('bob')];
    const values = await newBody(bob);
    for (const list of [await newList(ada), `/api/sample-parents/${randomUUID()}/sample-items`]) {
      await bob.post(list).send(values).expect(404);
      await bob.get(list).expect(404);
    }
  });
  // nested:end
});

describe('GET /api/sample-items', () => {
  it.each(orders)('lists every sample item once, sorted by %s', async (order) => {
    const ada = await api.as('ada');
    const list = await newList(ada);
    const ids: string[] = [];
    for (const row of rows) {
      ids.push((await create(ada, list, row)).id);
    }
    const items = [];
    let cursor = '';
    do {
      const { body } = await ada
        .get(`${list}?limit=1&sort=${order}${cursor && `&cursor=${cursor}`}`)
        .expect(200);
      items.push(...body.items);
      cursor = body.nextCursor;
    } while (cursor);
    const found = items.map((item) => item.id);
    expect(found).toEqual([...new Set(found)]);
    expect(found).toEqual(expect.arrayContaining(ids));
    const values = items.map((item) => item[order.replace('-', '')]);
    const present = values.filter((value) => value !== null);
    const sorted = present.toSorted((a, b) => (a < b ? -1 : Number(a > b)));
    expect(present).toEqual(order.startsWith('-') ? sorted.toReversed() : sorted);
    // Rows without a value come last in both directions.
    expect(values.slice(0, present.length)).toEqual(present);
  });

  it('finds text in every searchable field', async () => {
    const ada = await api.as('ada');
    const list = await newList(ada);
    await create(ada, list);
    for (const row of matches) {
      await create(ada, list, row);
    }
    const { body } = await ada.get(`${list}?search=z`).expect(200);
    expect(body.items).toHaveLength(matches.length);
  });

  it.each(filters)('filters by $query', async ({ query, field, value, other }) => {
    const ada = await api.as('ada');
    const list = await newList(ada);
    const { id } = await create(ada, list, { [field]: value });
    await create(ada, list, { [field]: other });
    const { body } = await ada.get(`${list}?${query}`).expect(200);
    expect(body.items).toEqual([expect.objectContaining({ id, [field]: value })]);
  });

  it.each(references)('filters by $field, page by page', async ({ field }) => {
    const ada = await api.as('ada');
    const list = await newList(ada);
    const first = await create(ada, list);
    await create(ada, list);
    const second = await create(ada, list, { [field]: first[field] });
    const query = `${list}?limit=1&${field}=${first[field]}`;
    const { body } = await ada.get(query).expect(200);
    const { body: rest } = await ada.get(`${query}&cursor=${body.nextCursor}`).expect(200);
    expect([...body.items, ...rest.items].map(({ id }) => id)).toEqual([second.id, first.id]);
    expect(rest.nextCursor).toBeNull();
  });

  it.each(links)('filters by an id in $field, page by page', async ({ field }) => {
    const ada = await api.as('ada');
    const list = await newList(ada);
    const first = await create(ada, list);
    await create(ada, list);
    const second = await create(ada, list, { [field]: first[field] });
    const query = `${list}?limit=1&${field.slice(0, -1)}=${first[field][0]}`;
    const { body } = await ada.get(query).expect(200);
    const { body: rest } = await ada.get(`${query}&cursor=${body.nextCursor}`).expect(200);
    expect([...body.items, ...rest.items].map(({ id }) => id)).toEqual([second.id, first.id]);
    expect(rest.nextCursor).toBeNull();
  });

  // nested:start
  it('lists the sample items of one sample parent only', async () => {
    const ada = await api.as('ada');
    const [list, other] = [await newList(ada), await newList(ada)];
    const { id } = await create(ada, list);
    await create(ada, other);
    const { body } = await ada.get(list).expect(200);
    expect(body.items).toEqual([expect.objectContaining({ id })]);
  });
  // nested:end
});

describe('/api/sample-items/{id}', () => {
  it("returns 404 for another user's sample item", async () => {
    const [ada, bob] = [await api.as('ada'), await api.as('bob')];
    const { id, etag: _, ...values } = await create(ada, await newList(ada));
    for (const path of [`${route}/${id}`, `${route}/${randomUUID()}`]) {
      await bob.get(path).expect(404);
      await bob.patch(path).send({}).expect(404);
      await bob.delete(path).expect(404);
    }
    const { body } = await ada.get(`${route}/${id}`).expect(200);
    expect(body).toEqual({ id, ...values });
  });

  it('changes only the fields in the request', async () => {
    const ada = await api.as('ada');
    const { etag, ...before } = await create(ada, await newList(ada));
    const { body, headers } = await ada.patch(`${route}/${before.id}`).send(changes).expect(200);
    expect(body).toEqual({ ...before, ...changes, updatedAt: body.updatedAt });
    expect(headers.etag).not.toBe(etag);
  });

  it.each(nullable)('sets %s to null', async (field) => {
    const ada = await api.as('ada');
    const { id } = await create(ada, await newList(ada));
    const { body } = await ada
      .patch(`${route}/${id}`)
      .send({ [field]: null })
      .expect(200);
    expect(body).toMatchObject({ [field]: null });
  });

  it('returns 412 if the sample item was changed in the meantime', async () => {
    const ada = await api.as('ada');
    const { id, etag } = await create(ada, await newList(ada));
    const send = () => ada.patch(`${route}/${id}`).set('If-Match', etag).send(changes);
    const { headers } = await send().expect(200);
    await send().expect(412);
    await ada.delete(`${route}/${id}`).set('If-Match', etag).expect(412);
    await ada.delete(`${route}/${id}`).set('If-Match', headers.etag!).expect(204);
  });

  it.each(deletions)(
    'follows a deletion of the row in $field: $onDelete',
    async ({ field, path, onDelete }) => {
      const ada = await api.as('ada');
      const before = await create(ada, await newList(ada));
      const { status } = await ada.delete(`${path}/${before[field]}`);
      expect(status).toBe(onDelete === 'RESTRICT' ? 409 : 204);
      const after = await ada.get(`${route}/${before.id}`);
      expect(after.status).toBe(onDelete === 'CASCADE' ? 404 : 200);
      expect(after.body[field]).toBe({ RESTRICT: before[field], 'SET NULL': null }[onDelete]);
    },
  );

  it.each(links)('replaces $field', async ({ field, collection }) => {
    const ada = await api.as('ada');
    const { id, etag } = await create(ada, await newList(ada));
    for (const ids of [[await createOther(ada, collection)], []]) {
      const { body, headers } = await ada
        .patch(`${route}/${id}`)
        .send({ [field]: ids })
        .expect(200);
      expect(body[field]).toEqual(ids);
      expect(headers.etag).not.toBe(etag);
    }
  });

  it.each(links)('adds and removes one of $relation, also twice', async ({ field, relation, collection }) => {
    const ada = await api.as('ada');
    const { id } = await create(ada, await newList(ada), { [field]: [] });
    const other = await createOther(ada, collection);
    const path = `${route}/${id}/${relation}/${other}`;
    for (const [method, ids, etag] of [
      ['put', [other], '"2"'],
      ['delete', [], '"3"'],
    ] as const) {
      await ada[method](path).expect(204);
      await ada[method](path).expect(204);
      const { body, headers } = await ada.get(`${route}/${id}`).expect(200);
      expect(body[field]).toEqual(ids);
      expect(headers.etag).toBe(etag);
    }
  });

  it.each(links)(
    "returns 404 for another user's row of $relation",
    async ({ field, relation, collection }) => {
      const [ada, bob] = [await api.as('ada'), await api.as('bob')];
      const { id, [field]: before } = await create(ada, await newList(ada));
      for (const other of [randomUUID(), await createOther(bob, collection)]) {
        await ada.put(`${route}/${id}/${relation}/${other}`).expect(404);
        await ada.delete(`${route}/${id}/${relation}/${other}`).expect(404);
      }
      const { body } = await ada.get(`${route}/${id}`).expect(200);
      expect(body[field]).toEqual(before);
    },
  );

  it.each(links)('returns 409 for more than 20 of $relation', async ({ field, relation, collection }) => {
    const ada = await api.as('ada');
    const ids = await Promise.all(Array.from({ length: 20 }, () => createOther(ada, collection)));
    const { id } = await create(ada, await newList(ada), { [field]: ids });
    await ada.put(`${route}/${id}/${relation}/${ids[0]}`).expect(204);
    await ada.put(`${route}/${id}/${relation}/${await createOther(ada, collection)}`).expect(409);
  });

  it.each(links)('loses an id in $field when its row is deleted', async ({ field, path }) => {
    const ada = await api.as('ada');
    const { id, [field]: before } = await create(ada, await newList(ada));
    await ada.delete(`${path}/${before[0]}`).expect(204);
    const { body } = await ada.get(`${route}/${id}`).expect(200);
    expect(body[field]).toEqual([]);
  });

  it('deletes the sample item', async () => {
    const ada = await api.as('ada');
    const { id } = await create(ada, await newList(ada));
    await ada.delete(`${route}/${id}`).expect(204);
    await ada.delete(`${route}/${id}`).expect(404);
    await ada.get(`${route}/${id}`).expect(404);
  });
});
