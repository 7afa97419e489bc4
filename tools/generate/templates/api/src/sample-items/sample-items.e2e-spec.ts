import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type Client, type RunningApi, startApi } from '../../../../../../apps/api/test/running-api.js';

const route = '/api/sample-items';
/** A request body with every field. */
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

let api: RunningApi;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

const create = async (user: Client, values: object = {}) => {
  const response = await user
    .post(route)
    .send({ ...example, ...values })
    .expect(201);
  return { ...response.body, etag: response.headers.etag as string };
};

describe('POST /api/sample-items', () => {
  it('returns the new sample item, its address and its ETag', async () => {
    const ada = await api.as('ada');
    const { body, headers } = await ada.post(route).send(example).expect(201);
    expect(body).toEqual({
      ...example,
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
    const required = Object.entries(example).filter(([field]) => !Object.hasOwn(defaults, field));
    const { body } = await ada.post(route).send(Object.fromEntries(required)).expect(201);
    expect(body).toMatchObject(defaults);
  });

  it('creates one sample item for two requests with the same Idempotency-Key', async () => {
    const ada = await api.as('ada');
    const send = () => ada.post(route).set('Idempotency-Key', 'k').send(example).expect(201);
    const [first, second] = [await send(), await send()];
    expect(second.body).toEqual(first.body);
  });

  it.each(invalid)('returns 400 for an invalid $field', async ({ field, value }) => {
    const ada = await api.as('ada');
    const { body } = await ada
      .post(route)
      .send({ ...example, [field]: value })
      .expect(400);
    expect(body.errors).toEqual([{ pointer: `/${field}`, detail: expect.any(String) }]);
  });
});

describe('GET /api/sample-items', () => {
  it.each(orders)('lists every sample item once, sorted by %s', async (order) => {
    const ada = await api.as('ada');
    for (const row of rows) {
      await create(ada, row);
    }
    const items = [];
    let cursor = '';
    do {
      const { body } = await ada
        .get(`${route}?limit=1&sort=${order}${cursor && `&cursor=${cursor}`}`)
        .expect(200);
      items.push(...body.items);
      cursor = body.nextCursor;
    } while (cursor);
    expect(new Set(items.map((item) => item.id)).size).toBe(rows.length);
    const values = items.map((item) => item[order.replace('-', '')]);
    const present = values.filter((value) => value !== null);
    const sorted = present.toSorted((a, b) => (a < b ? -1 : Number(a > b)));
    expect(present).toEqual(order.startsWith('-') ? sorted.toReversed() : sorted);
    // Rows without a value come last in both directions.
    expect(values.slice(0, present.length)).toEqual(present);
  });

  it('finds text in every searchable field', async () => {
    const ada = await api.as('ada');
    await create(ada);
    for (const row of matches) {
      await create(ada, row);
    }
    const { body } = await ada.get(`${route}?search=z`).expect(200);
    expect(body.items).toHaveLength(matches.length);
  });

  it.each(filters)('filters by $query', async ({ query, field, value, other }) => {
    const ada = await api.as('ada');
    await create(ada, { [field]: value });
    await create(ada, { [field]: other });
    const { body } = await ada.get(`${route}?${query}`).expect(200);
    expect(body.items).toEqual([expect.objectContaining({ [field]: value })]);
  });
});

describe('/api/sample-items/{id}', () => {
  it("returns 404 for another user's sample item", async () => {
    const [ada, bob] = [await api.as('ada'), await api.as('bob')];
    const { id, etag: _, ...values } = await create(ada);
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
    const { etag, ...before } = await create(ada);
    const { body, headers } = await ada.patch(`${route}/${before.id}`).send(changes).expect(200);
    expect(body).toEqual({ ...before, ...changes, updatedAt: body.updatedAt });
    expect(headers.etag).not.toBe(etag);
  });

  it.each(nullable)('sets %s to null', async (field) => {
    const ada = await api.as('ada');
    const { id } = await create(ada);
    const { body } = await ada
      .patch(`${route}/${id}`)
      .send({ [field]: null })
      .expect(200);
    expect(body).toMatchObject({ [field]: null });
  });

  it('returns 412 if the sample item was changed in the meantime', async () => {
    const ada = await api.as('ada');
    const { id, etag } = await create(ada);
    const send = () => ada.patch(`${route}/${id}`).set('If-Match', etag).send(changes);
    const { headers } = await send().expect(200);
    await send().expect(412);
    await ada.delete(`${route}/${id}`).set('If-Match', etag).expect(412);
    await ada.delete(`${route}/${id}`).set('If-Match', headers.etag!).expect(204);
  });

  it('deletes the sample item', async () => {
    const ada = await api.as('ada');
    const { id } = await create(ada);
    await ada.delete(`${route}/${id}`).expect(204);
    await ada.delete(`${route}/${id}`).expect(404);
    await ada.get(`${route}/${id}`).expect(404);
  });
});
