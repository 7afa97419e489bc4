import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../tools/test/database.js';
import { createRelatedTables, RelatedModule } from './related-modules.js';
import { type Client, type RunningApi, startApi } from './running-api.js';

let database: TestDatabase;
let api: RunningApi;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  await createRelatedTables(database.url);
  api = await startApi({ DATABASE_URL: database.url }, undefined, (module) => ({
    ...module,
    imports: [...module.imports!, RelatedModule],
  }));
  client = new pg.Client(database.url);
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await api.close();
  await database.drop();
});

async function create(user: Client, path: string, body: object): Promise<string> {
  return (await user.post(path).send(body).expect(201)).body.id;
}

const createTask = (user: Client) => create(user, '/api/tasks', { title: 'a' });
const createPlanet = (user: Client, more = {}) =>
  create(user, '/api/planets', { name: randomUUID(), ...more });

describe('an unknown id', () => {
  it("in a body is a 400 that points at it, the same for another user's row", async () => {
    const [ada, bob] = [await api.as('ada'), await api.as('bob')];
    const [task, foreignId] = [await createTask(bob), await createPlanet(ada)];
    const bodies = [];
    for (const planetId of [randomUUID(), foreignId]) {
      const { body } = await bob.post(`/api/tasks/${task}/moons`).send({ body: 'a', planetId }).expect(400);
      bodies.push(body);
    }
    expect(bodies[0]).toMatchObject({
      detail: 'Validation failed.',
      errors: [{ pointer: '/planetId', detail: 'You have no planet with this id' }],
    });
    expect(bodies[1]).toEqual(bodies[0]);
  });

  it('in the path is a 404, also if the row was deleted after the check', async () => {
    const ada = await api.as('ada');
    const planetId = await createPlanet(ada);
    const { body } = await ada
      .post(`/api/tasks/${randomUUID()}/moons`)
      .send({ body: 'a', planetId })
      .expect(404);
    expect(body.detail).toBe('Task not found.');
  });

  it('is a 400 if the constraint is checked by COMMIT', async () => {
    const ada = await api.as('ada');
    const { body } = await ada.post('/api/planets').send({ name: 'a', parentId: randomUUID() }).expect(400);
    expect(body.errors).toEqual([{ pointer: '/parentId', detail: 'You have no planet with this id' }]);
  });

  it('is a 400 in an update', async () => {
    const ada = await api.as('ada');
    const id = await createPlanet(ada);
    const { body } = await ada.patch(`/api/planets/${id}`).send({ pinnedId: randomUUID() }).expect(400);
    expect(body.errors).toEqual([{ pointer: '/pinnedId', detail: 'You have no moon with this id' }]);
  });
});

describe('a row that others refer to', () => {
  it.each([
    ['/api/tasks', 'This task cannot be deleted because moons refer to it.', 'ON DELETE RESTRICT'],
    ['/api/planets', 'This planet cannot be deleted because moons refer to it.', 'ON DELETE NO ACTION'],
  ])('of %s is not deleted: 409 %s (%s)', async (path, detail) => {
    const ada = await api.as('ada');
    const [task, planetId] = [await createTask(ada), await createPlanet(ada)];
    await create(ada, `/api/tasks/${task}/moons`, { body: 'a', planetId });
    const row = `${path}/${path === '/api/tasks' ? task : planetId}`;
    const { body } = await ada.delete(row).expect(409);
    expect(body.detail).toBe(detail);
    expect(body.errors).toBeUndefined();
    await ada.get(row).expect(200);
  });

  it('is not deleted if the constraint is checked by COMMIT', async () => {
    const ada = await api.as('ada');
    const id = await createPlanet(ada);
    await createPlanet(ada, { parentId: id });
    const { body } = await ada.delete(`/api/planets/${id}`).expect(409);
    expect(body.detail).toBe('This planet cannot be deleted because planets refer to it.');
  });
});

describe('a value', () => {
  it('that must be unique is a 409 that names the fields, but no value', async () => {
    const [ada, bob] = [await api.as('ada'), await api.as('bob')];
    await createPlanet(ada, { name: 'secret-name', size: 1 });
    const { body, text } = await ada.post('/api/planets').send({ name: 'secret-name', size: 1 }).expect(409);
    expect(body).toMatchObject({
      detail: 'There is already a row with this name and size.',
      errors: [
        { pointer: '/name', detail: 'Already in use' },
        { pointer: '/size', detail: 'Already in use' },
      ],
    });
    expect(text).not.toContain('secret-name');
    await createPlanet(bob, { name: 'secret-name', size: 1 });
  });

  it.each<[string, object, object]>([
    [
      'that a check rejects',
      { name: 'a', size: 0 },
      { errors: [{ pointer: '/size', detail: 'This value is not allowed' }] },
    ],
    ['that is too long', { name: 'a'.repeat(41) }, { detail: 'A value is too long.' }],
    ['that is out of range', { name: 'a', size: 40_000 }, { detail: 'A number is out of range.' }],
  ])('%s is a 400', async (_, values, expected) => {
    const ada = await api.as('ada');
    const { body } = await ada.post('/api/planets').send(values).expect(400);
    expect(body).toMatchObject(expected);
  });

  it('of null in a column that must not be null is a 400', async () => {
    await client.query('UPDATE planets SET size = 1; ALTER TABLE planets ALTER size SET NOT NULL');
    try {
      const ada = await api.as('ada');
      const { body } = await ada.post('/api/planets').send({ name: 'a', size: null }).expect(400);
      expect(body.errors).toEqual([{ pointer: '/size', detail: 'Must not be null' }]);
      // The app has forgotten the value.
      await ada.post('/api/planets').send({ name: 'a' }).expect(500);
    } finally {
      await client.query('ALTER TABLE planets ALTER size DROP NOT NULL');
    }
  });

  it('that violates a constraint which no entity declares is reported without names', async () => {
    await client.query(`
      ALTER TABLE planets ADD CONSTRAINT unknown_check CHECK (name <> 'x');
      CREATE UNIQUE INDEX unknown_key ON planets (owner_id, (lower(name)))`);
    try {
      const ada = await api.as('ada');
      const { body } = await ada.post('/api/planets').send({ name: 'x' }).expect(400);
      expect(body.detail).toBe('A value in the request is not allowed.');
      await createPlanet(ada, { name: 'y' });
      const { body: conflict } = await ada.post('/api/planets').send({ name: 'Y' }).expect(409);
      expect(conflict.detail).toBe('There is already a row with these values.');
    } finally {
      await client.query('ALTER TABLE planets DROP CONSTRAINT unknown_check; DROP INDEX unknown_key');
    }
  });
});
