import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { agent } from 'supertest';
import { type CompressingProxy, startCompressingProxy } from '../../test/compressing-proxy.js';
import { type Client, type RunningApi, startApi } from '../../test/running-api.js';

/** A task with every field. `npm run generate:field` adds fields to these tables. */
const example = {
  title: 'Write',
  description: 'soon',
  completed: false,
  dueAt: '2026-12-24T17:00:00.000Z',
};
/** The values of the fields that a request may omit. */
const defaults = { description: null, completed: false, dueAt: null };
const invalid = [{ field: 'ownerId', value: 'bob' }];
const orders = ['createdAt', '-createdAt', 'dueAt', '-dueAt', 'title', '-title'];
/** Further values of the tasks in sorted lists. */
const rows: object[] = [{}, {}, {}, {}];
/** Each task matches the search for "z". */
const matches: object[] = [{ title: 'Z' }, { description: 'Z' }];
const filters: { query: string; field: string; value: unknown; other: unknown }[] = [
  { query: 'completed=true', field: 'completed', value: true, other: false },
];
const nullable = ['description', 'dueAt'];

let api: RunningApi;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

const create = async (user: Client, task: object) => {
  const response = await user.post('/api/tasks').send(task).expect(201);
  return { ...response.body, etag: response.headers.etag as string };
};

/** Returns all tasks of a list, page by page. */
async function findAll(user: Client, query: string, limit = 3): Promise<Record<string, unknown>[]> {
  const items = [];
  let cursor = '';
  do {
    const { body } = await user
      .get(`/api/tasks?limit=${limit}&${query}${cursor && `&cursor=${cursor}`}`)
      .expect(200);
    items.push(...body.items);
    cursor = body.nextCursor;
  } while (cursor);
  return items;
}

const titles = (tasks: Record<string, unknown>[]) => tasks.map((task) => task.title);

describe('POST /api/tasks', () => {
  it('returns the new task with its Location and ETag', async () => {
    const ada = await api.as('ada');
    const { body, headers } = await ada
      .post('/api/tasks')
      .send({ ...example, title: '  Write  ', dueAt: '2026-12-24T18:00:00+01:00' })
      .expect(201);
    expect(body).toEqual({
      ...example,
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updatedAt: body.createdAt,
    });
    expect(headers).toMatchObject({ location: `/api/tasks/${body.id}`, etag: '"1"' });
    const { body: found } = await ada.get(headers.location!).expect(200);
    expect(found).toEqual(body);
  });

  it('fills in default values', async () => {
    const ada = await api.as('ada');
    expect(await create(ada, { title: 'a' })).toMatchObject(defaults);
  });

  it.each(invalid)('returns 400 for an invalid $field', async ({ field, value }) => {
    const ada = await api.as('ada');
    const { body } = await ada
      .post('/api/tasks')
      .send({ ...example, [field]: value })
      .expect(400);
    expect(body.errors).toEqual([{ pointer: `/${field}`, detail: expect.any(String) }]);
  });

  it('counts code points, not code units', async () => {
    const ada = await api.as('ada');
    await create(ada, { title: '👩‍🚀'.repeat(66) });
    await create(ada, { title: '😀'.repeat(200), description: '😀'.repeat(10_000) });
    await ada
      .post('/api/tasks')
      .send({ title: '😀'.repeat(201) })
      .expect(400);
  });

  it.each([
    ['no title', {}, '/title'],
    ['an empty title', { title: '' }, '/title'],
    ['a title of only white space', { title: ' \t\n ' }, '/title'],
    ['a title that is too long', { title: 'a'.repeat(201) }, '/title'],
    ['a title that is not a string', { title: 7 }, '/title'],
    ['a title of null', { title: null }, '/title'],
    ['a NUL', { title: 'a\0b' }, '/title'],
    ['a NUL in the description', { title: 'a', description: '\0' }, '/description'],
    ['an unpaired surrogate', { title: 'a\ud800' }, '/title'],
    ['a description that is too long', { title: 'a', description: 'a'.repeat(10_001) }, '/description'],
    ['completed as a string', { title: 'a', completed: 'true' }, '/completed'],
    ['completed as null', { title: 'a', completed: null }, '/completed'],
    ['a day that does not exist', { title: 'a', dueAt: '2026-02-30T10:00:00Z' }, '/dueAt'],
    ['an hour that does not exist', { title: 'a', dueAt: '2026-02-03T25:00:00Z' }, '/dueAt'],
    ['an offset that does not exist', { title: 'a', dueAt: '2026-02-03T10:00:00+25:00' }, '/dueAt'],
    ['a time without an offset', { title: 'a', dueAt: '2026-02-03T10:00:00' }, '/dueAt'],
    ['a date without a time', { title: 'a', dueAt: '2026-02-03' }, '/dueAt'],
    ['a time before the year 1', { title: 'a', dueAt: '0001-01-01T00:00:00+01:00' }, '/dueAt'],
    ['a time after the year 9999', { title: 'a', dueAt: '9999-12-31T23:59:59-01:00' }, '/dueAt'],
    ['a time as a number', { title: 'a', dueAt: 1_780_000_000 }, '/dueAt'],
    ['an unknown property', { title: 'a', owner: 'bob' }, '/owner'],
    ['an unknown property with / and ~ in its name', { title: 'a', 'x/y~z': 1 }, '/x~1y~0z'],
    ['an array', [{ title: 'a' }], ''],
    ['null', 'null', ''],
  ])('returns 400 with a pointer for %s', async (_, body, pointer) => {
    const ada = await api.as('ada');
    const response = await ada.post('/api/tasks').type('json').send(body).expect(400);
    expect(response.body.errors).toEqual([{ pointer, detail: expect.any(String) }]);
    expect(await findAll(ada, '')).toEqual([]);
  });

  it('returns all validation errors at once', async () => {
    const ada = await api.as('ada');
    const { body } = await ada.post('/api/tasks').send({ title: '', completed: 1, x: 1, y: 2 }).expect(400);
    const pointers = body.errors.map((error: { pointer: string }) => error.pointer);
    expect(pointers.toSorted()).toEqual(['/completed', '/title', '/x', '/y']);
  });

  it.each([
    ['malformed JSON', 'application/json', '{"title":', 400],
    ['an empty body', 'application/json', '', 400],
    ['a __proto__ property', 'application/json', '{"title":"a","__proto__":{"x":1}}', 400],
    ['plain text', 'text/plain', 'title', 415],
    ['a form', 'application/x-www-form-urlencoded', 'title=a', 415],
    ['a body over 100 kB', 'application/json', JSON.stringify({ title: 'a'.repeat(110_000) }), 413],
  ])('rejects %s', async (_, type, body, status) => {
    const ada = await api.as('ada');
    await ada.post('/api/tasks').set('Content-Type', type).send(body).expect(status);
    expect(await findAll(ada, '')).toEqual([]);
  });
});

describe('Idempotency-Key', () => {
  it('returns the first result again, even after the task was changed', async () => {
    const ada = await api.as('ada');
    const send = () => ada.post('/api/tasks').set('Idempotency-Key', 'k').send({ title: 'once' }).expect(201);
    const first = await send();
    await ada.patch(`/api/tasks/${first.body.id}`).send({ title: 'changed' }).expect(200);
    const second = await send();
    expect(second.body).toEqual(first.body);
    expect(second.headers).toMatchObject({ etag: first.headers.etag, location: first.headers.location });
    expect(await findAll(ada, '')).toHaveLength(1);
  });

  it('creates one task from twenty concurrent requests', async () => {
    const ada = await api.as('ada');
    const responses = await Promise.all(
      Array.from({ length: 20 }, () =>
        ada.post('/api/tasks').set('Idempotency-Key', 'same').send({ title: 'one' }).expect(201),
      ),
    );
    expect(new Set(responses.map(({ body }) => body.id)).size).toBe(1);
    expect(await findAll(ada, '')).toHaveLength(1);
  });

  it('returns 409 for a key that was used with a different body', async () => {
    const ada = await api.as('ada');
    await ada.post('/api/tasks').set('Idempotency-Key', 'k').send({ title: 'a' }).expect(201);
    await ada.post('/api/tasks').set('Idempotency-Key', 'k').send({ title: 'b' }).expect(409);
  });

  it('is scoped to the user', async () => {
    const [ada, bob] = [await api.as('ada'), await api.as('bob')];
    const { body: hers } = await ada
      .post('/api/tasks')
      .set('Idempotency-Key', 'k')
      .send({ title: 'a' })
      .expect(201);
    const { body: his } = await bob
      .post('/api/tasks')
      .set('Idempotency-Key', 'k')
      .send({ title: 'b' })
      .expect(201);
    expect([hers.title, his.title]).toEqual(['a', 'b']);
  });

  it('can be used again after a rejected request', async () => {
    const ada = await api.as('ada');
    await ada.post('/api/tasks').set('Idempotency-Key', 'k').send({ title: '' }).expect(400);
    await ada.post('/api/tasks').set('Idempotency-Key', 'k').send({ title: 'a' }).expect(201);
  });

  it.each([
    ['an empty key', ''],
    ['a key of 129 characters', 'k'.repeat(129)],
  ])('returns 400 for %s', async (_, key) => {
    const ada = await api.as('ada');
    await ada.post('/api/tasks').set('Idempotency-Key', key).send({ title: 'a' }).expect(400);
  });
});

describe('GET /api/tasks', () => {
  it('returns the newest 20 tasks by default', async () => {
    const ada = await api.as('ada');
    for (let index = 0; index < 21; index++) {
      await create(ada, { title: `task ${index}` });
    }
    const { body } = await ada.get('/api/tasks').expect(200);
    expect(body.items).toHaveLength(20);
    expect(body.items[0].title).toBe('task 20');
    const { body: rest } = await ada.get(`/api/tasks?cursor=${body.nextCursor}`).expect(200);
    expect(rest).toEqual({ items: [expect.objectContaining({ title: 'task 0' })], nextCursor: null });
  });

  it('returns an empty list for a user without tasks', async () => {
    const ada = await api.as('ada');
    const { body } = await ada.get('/api/tasks').expect(200);
    expect(body).toEqual({ items: [], nextCursor: null });
  });

  describe('with many equal values', () => {
    let ada: Client;
    const due = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', null];

    beforeAll(async () => {
      ada = await api.as('ada');
      for (let index = 0; index < 18; index++) {
        await create(ada, {
          title: `same ${index % 2}`,
          dueAt: due[index % 3],
          completed: index % 6 === 0,
          ...rows[index % rows.length],
        });
      }
    });

    it.each(orders)('returns every task once, sorted by %s', async (sort) => {
      const tasks = await findAll(ada, `sort=${sort}`, 4);
      expect(new Set(tasks.map((task) => task.id)).size).toBe(18);
      const property = sort.replace('-', '');
      const values = tasks.map((task) => task[property] as string | number | null);
      const present = values.filter((value) => value !== null);
      const sorted = present.toSorted((a, b) => (a < b ? -1 : Number(a > b)));
      expect(present).toEqual(sort.startsWith('-') ? sorted.toReversed() : sorted);
      expect(values.slice(present.length).every((value) => value === null)).toBe(true);
    });

    it.each(['createdAt', 'dueAt', '-dueAt', '-title'])(
      'returns every open task once, sorted by %s',
      async (sort) => {
        const open = await findAll(ada, `sort=${sort}&completed=false`, 4);
        expect(open).toHaveLength(15);
        expect(open.some((task) => task.completed)).toBe(false);
        expect(await findAll(ada, `sort=${sort}&completed=true`, 2)).toHaveLength(3);
      },
    );

    it('returns every task once while others are created', async () => {
      const before = await findAll(ada, '');
      const { body: first } = await ada.get('/api/tasks?limit=5').expect(200);
      await create(ada, { title: 'late' });
      const { body: second } = await ada.get(`/api/tasks?limit=100&cursor=${first.nextCursor}`).expect(200);
      const found = [...first.items, ...second.items].map((task) => task.id);
      expect(found).toEqual(before.map((task) => task.id));
    });
  });

  it('limits the list to a range of due dates, without the times themselves', async () => {
    const ada = await api.as('ada');
    for (const [title, dueAt] of [
      ['first', '2026-12-24T18:00:00Z'],
      ['second', '2026-12-25T18:00:00Z'],
      ['third', '2026-12-26T18:00:00Z'],
      ['never', null],
    ]) {
      await create(ada, { title, dueAt });
    }
    for (const sort of ['dueAt', '-dueAt', 'createdAt', 'title']) {
      const found = async (query: string) =>
        titles(await findAll(ada, `sort=${sort}&completed=false&${query}`, 1)).toSorted();
      expect(await found('dueAfter=2026-12-24T18:00:00Z')).toEqual(['second', 'third']);
      expect(await found('dueBefore=2026-12-26T18:00:00Z')).toEqual(['first', 'second']);
      expect(await found('dueAfter=2026-12-24T18:00:00Z&dueBefore=2026-12-26T19:00:00%2B01:00')).toEqual([
        'second',
      ]);
      expect(await found('dueAfter=2026-12-26T18:00:00Z&dueBefore=2026-12-24T18:00:00Z')).toEqual([]);
    }
  });

  it('finds text in every searchable field', async () => {
    const ada = await api.as('ada');
    await create(ada, example);
    for (const values of matches) {
      await create(ada, { ...example, ...values });
    }
    expect(await findAll(ada, 'search=z')).toHaveLength(matches.length);
  });

  it.each(filters)('filters by $query', async ({ query, field, value, other }) => {
    const ada = await api.as('ada');
    await create(ada, { ...example, [field]: value });
    await create(ada, { ...example, [field]: other });
    expect(await findAll(ada, query)).toEqual([expect.objectContaining({ [field]: value })]);
  });

  it('sorts titles by the Unicode root collation', async () => {
    const ada = await api.as('ada');
    for (const title of ['zebra', 'Äpfel', 'apple', 'Zoo', 'éclair', 'Banana']) {
      await create(ada, { title });
    }
    const sorted = ['Äpfel', 'apple', 'Banana', 'éclair', 'zebra', 'Zoo'];
    expect(titles(await findAll(ada, 'sort=title'))).toEqual(
      sorted.toSorted(new Intl.Collator('und').compare),
    );
  });

  it('searches title and description case-insensitively, including non-ASCII letters', async () => {
    const ada = await api.as('ada');
    await create(ada, { title: 'ÉCLAIR für Zoë' });
    await create(ada, { title: 'bread', description: 'with éclair' });
    await create(ada, { title: 'Москва' });
    expect(titles(await findAll(ada, `search=${encodeURIComponent('éclair')}`))).toEqual([
      'bread',
      'ÉCLAIR für Zoë',
    ]);
    expect(titles(await findAll(ada, `search=${encodeURIComponent('МОСКВА')}`))).toEqual(['Москва']);
  });

  it.each([
    ['%', ['100%']],
    ['_', ['a_b']],
    ['\\', ['c:\\d']],
    ["'", ["it's"]],
    ['', ["it's", 'c:\\d', 'a_b', '100%']],
  ])('treats %j in a search as literal text', async (search, expected) => {
    const ada = await api.as('ada');
    for (const title of ['100%', 'a_b', 'c:\\d', "it's"]) {
      await create(ada, { title });
    }
    expect(titles(await findAll(ada, `search=${encodeURIComponent(search)}`))).toEqual(expected);
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=1e1', 'limit'],
    ['limit=+5', 'limit'],
    ['limit=5.0', 'limit'],
    ['limit=', 'limit'],
    ['limit=5&limit=6', 'limit'],
    ['completed=yes', 'completed'],
    ['completed=', 'completed'],
    ['dueBefore=tomorrow', 'dueBefore'],
    ['dueAfter=2026-12-24', 'dueAfter'],
    ['dueAfter=', 'dueAfter'],
    ['sort=owner_id', 'sort'],
    ['sort=--title', 'sort'],
    ['sort=title&sort=title', 'sort'],
    ['search=%00', 'search'],
    ['search=a&search=b', 'search'],
    ['cursor=', 'cursor'],
    ['cursor=abc', 'cursor'],
    ['cursor=%F0%9F%98%80', 'cursor'],
    ['ownerId=bob', 'ownerId'],
    ['search[$ne]=x', 'search[$ne]'],
  ])('returns 400 for ?%s', async (query, parameter) => {
    const ada = await api.as('ada');
    const { body } = await ada.get(`/api/tasks?${query}`).expect(400);
    expect(body.errors).toEqual([{ parameter, detail: expect.any(String) }]);
  });

  it('accepts a cursor only from its own user and list', async () => {
    const [ada, bob] = [await api.as('ada'), await api.as('bob')];
    for (const user of [ada, ada, ada, bob, bob, bob]) {
      await create(user, { title: 'a' });
    }
    const { body } = await ada.get('/api/tasks?limit=1&sort=title&search=a&completed=false').expect(200);
    const cursor = body.nextCursor as string;
    await ada.get(`/api/tasks?limit=2&sort=title&search=a&completed=false&cursor=${cursor}`).expect(200);
    for (const [user, query] of [
      [bob, 'sort=title&search=a&completed=false'],
      [ada, 'sort=-title&search=a&completed=false'],
      [ada, 'sort=title&search=b&completed=false'],
      [ada, 'sort=title&search=a&completed=true'],
      [ada, 'sort=title&search=a'],
      [ada, 'sort=title&search=a&completed=false&dueBefore=2026-12-24T18:00:00Z'],
    ] as const) {
      await user.get(`/api/tasks?${query}&cursor=${cursor}`).expect(400);
    }
    await ada
      .get(`/api/tasks?sort=title&search=a&completed=false&cursor=${cursor.slice(0, -4)}AAAA`)
      .expect(400);
  });
});

describe('/api/tasks/{id}', () => {
  it("returns the same 404 for another user's task as for a missing one", async () => {
    const [ada, bob] = [await api.as('ada'), await api.as('bob')];
    const task = await create(ada, { title: 'secret' });
    for (const id of [task.id, randomUUID()]) {
      const responses = [
        await bob.get(`/api/tasks/${id}`).expect(404),
        await bob.patch(`/api/tasks/${id}`).send({ title: 'mine' }).expect(404),
        await bob.patch(`/api/tasks/${id}`).send({}).expect(404),
        await bob.patch(`/api/tasks/${id}`).set('If-Match', '"1"').send({ title: 'mine' }).expect(404),
        await bob.delete(`/api/tasks/${id}`).expect(404),
        await bob.delete(`/api/tasks/${id}`).set('If-Match', '"7"').expect(404),
      ];
      for (const { body } of responses) {
        expect(body).toEqual({
          type: 'about:blank',
          title: 'Not Found',
          status: 404,
          detail: 'Task not found.',
          instance: `/api/tasks/${id}`,
        });
      }
    }
    expect(await findAll(bob, '')).toEqual([]);
    await ada.get(`/api/tasks/${task.id}`).expect(200);
  });

  it.each(['x', '1', '%00', randomUUID().slice(1), `${randomUUID()}0`])(
    'returns 400 for the id %s',
    async (id) => {
      const ada = await api.as('ada');
      for (const test of [ada.get, ada.delete]) {
        const { body } = await test(`/api/tasks/${id}`).expect(400);
        expect(body.errors).toEqual([{ parameter: 'id', detail: 'Must be a UUID' }]);
      }
      await ada.patch(`/api/tasks/${id}`).send({}).expect(400);
    },
  );

  it('returns 401 without a token', async () => {
    const id = randomUUID();
    for (const test of [
      api.anonymous.get('/api/tasks'),
      api.anonymous.post('/api/tasks').send({ title: 'a' }),
      api.anonymous.get(`/api/tasks/${id}`),
      api.anonymous.patch(`/api/tasks/${id}`).send({}),
      api.anonymous.delete(`/api/tasks/${id}`),
    ]) {
      const { headers } = await test.expect(401);
      expect(headers['www-authenticate']).toMatch(/^Bearer/);
    }
  });
});

describe('PATCH /api/tasks/{id}', () => {
  it('changes only the given properties', async () => {
    const ada = await api.as('ada');
    const task = await create(ada, { title: 'a', description: 'b', dueAt: '2026-12-24T18:00:00Z' });
    const { body, headers } = await ada.patch(`/api/tasks/${task.id}`).send({ completed: true }).expect(200);
    const { etag: _, ...before } = task;
    expect(body).toEqual({ ...before, completed: true, updatedAt: body.updatedAt });
    expect(body.updatedAt >= task.updatedAt).toBe(true);
    expect(headers.etag).not.toBe(task.etag);
  });

  it.each(nullable)('sets %s to null', async (field) => {
    const ada = await api.as('ada');
    const { id, title } = await create(ada, example);
    const { body } = await ada
      .patch(`/api/tasks/${id}`)
      .send({ [field]: null })
      .expect(200);
    expect(body).toMatchObject({ title, [field]: null });
  });

  it('changes nothing if the body is empty', async () => {
    const ada = await api.as('ada');
    const { etag, ...task } = await create(ada, { title: 'a' });
    const response = await ada.patch(`/api/tasks/${task.id}`).send({}).expect(200);
    expect(response.body).toEqual(task);
    expect(response.headers.etag).toBe(etag);
    await ada.patch(`/api/tasks/${task.id}`).set('If-Match', '"9"').send({}).expect(412);
  });

  it.each([
    [{ title: null }, '/title'],
    [{ title: '' }, '/title'],
    [{ completed: null }, '/completed'],
    [{ dueAt: 'tomorrow' }, '/dueAt'],
    [{ id: randomUUID() }, '/id'],
    [{ version: 1 }, '/version'],
    [{ createdAt: '2026-12-24T18:00:00Z' }, '/createdAt'],
  ])('returns 400 for %j', async (changes, pointer) => {
    const ada = await api.as('ada');
    const { etag, ...task } = await create(ada, { title: 'a' });
    const { body } = await ada.patch(`/api/tasks/${task.id}`).send(changes).expect(400);
    expect(body.errors).toEqual([{ pointer, detail: expect.any(String) }]);
    const found = await ada.get(`/api/tasks/${task.id}`).expect(200);
    expect([found.body, found.headers.etag]).toEqual([task, etag]);
  });

  it('lets only one of twenty concurrent writers with the same ETag succeed', async () => {
    const ada = await api.as('ada');
    const task = await create(ada, { title: 'a' });
    const responses = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        ada
          .patch(`/api/tasks/${task.id}`)
          .set('If-Match', task.etag)
          .send({ title: `writer ${index}` }),
      ),
    );
    const statuses = responses.map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, ...Array.from({ length: 19 }, () => 412)]);
    const winner = responses.find(({ status }) => status === 200)!;
    const { body } = await ada.get(`/api/tasks/${task.id}`).expect(200);
    expect(body.title).toBe(winner.body.title);
  });

  it.each([
    ['*', 200],
    ['"0", "1"', 200],
    ['W/"1"', 200],
    ['"1-gzip"', 200],
    ['"1-zstd"', 200],
    ['"2"', 412],
    ['W/"2"', 412],
    ['"2-gzip"', 412],
    ['"1-unknown"', 412],
    ['"1e0"', 412],
    ['"01"', 412],
    ['"99999999999999999999"', 412],
    ['1', 400],
    ['"1', 400],
    ['', 400],
  ])('responds to If-Match: %s with %i', async (ifMatch, status) => {
    const ada = await api.as('ada');
    const task = await create(ada, { title: 'a' });
    await ada.patch(`/api/tasks/${task.id}`).set('If-Match', ifMatch).send({ title: 'b' }).expect(status);
  });
});

describe.each([
  ['Caddy', (etag: string) => etag.replace(/"$/, '-gzip"')],
  ['nginx', (etag: string) => `W/${etag}`],
])('behind a proxy that compresses like %s', (_, rewriteETag) => {
  let proxy: CompressingProxy;

  beforeAll(async () => {
    proxy = await startCompressingProxy(api.url, rewriteETag);
  });

  afterAll(() => proxy.close());

  it('updates and deletes with the ETag that the client received', async () => {
    const { token } = await api.as('ada');
    const ada = agent(proxy.url).set('Authorization', `Bearer ${token}`);
    const { body, headers: created } = await ada.post('/api/tasks').send({ title: 'a' }).expect(201);
    expect([created.etag, created['content-encoding']]).toEqual([rewriteETag('"1"'), 'gzip']);
    const path = `/api/tasks/${body.id}`;
    const update = (etag: string) => ada.patch(path).set('If-Match', etag).send({ title: 'b' });
    const { headers: updated } = await update(created.etag!).expect(200);
    expect(updated.etag).toBe(rewriteETag('"2"'));
    await update(created.etag!).expect(412);
    await ada.delete(path).set('If-Match', created.etag!).expect(412);
    await ada.delete(path).set('If-Match', updated.etag!).expect(204);
  });
});

describe('DELETE /api/tasks/{id}', () => {
  it('deletes the task, then returns 404', async () => {
    const ada = await api.as('ada');
    const task = await create(ada, { title: 'a' });
    await ada.delete(`/api/tasks/${task.id}`).expect(204);
    await ada.delete(`/api/tasks/${task.id}`).expect(404);
    await ada.get(`/api/tasks/${task.id}`).expect(404);
  });

  it('returns 412 if the task has changed', async () => {
    const ada = await api.as('ada');
    const task = await create(ada, { title: 'a' });
    const { headers } = await ada.patch(`/api/tasks/${task.id}`).send({ title: 'b' }).expect(200);
    await ada.delete(`/api/tasks/${task.id}`).set('If-Match', task.etag).expect(412);
    await ada.delete(`/api/tasks/${task.id}`).set('If-Match', headers.etag!).expect(204);
  });
});
