import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../tools/test/database.js';
import { dataSourceOptions } from '../src/database/data-source.options.js';
import type { Row, Values } from '../src/database/owned-repository.js';
import { Task } from '../src/tasks/task.entity.js';
import { Moon, createRelatedTables, Planet, RelatedModule } from './related-modules.js';
import { withRelatedEntities } from './related-entities.js';
import { type RunningApi, startApi } from './running-api.js';

let database: TestDatabase;
let api: RunningApi;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  await createRelatedTables(database.url);
  api = await startApi({ DATABASE_URL: database.url }, undefined, (module) => ({
    ...module,
    imports: [...module.imports!, RelatedModule],
  }));
  dataSource = await new DataSource({
    ...dataSourceOptions({ url: database.url, preparedStatements: false }),
    entities: [...withRelatedEntities(Task), Planet, Moon],
  }).initialize();
});

afterAll(async () => {
  await dataSource.destroy();
  await api.close();
  await database.drop();
});

it('is loaded by TypeORM, but not by the owned repository', async () => {
  const ada = await api.as('ada');
  const { body: task } = await ada.post('/api/tasks').send({ title: 'Write' }).expect(201);
  const { body: planet } = await ada.post('/api/planets').send({ name: 'a' }).expect(201);
  const { body: moon } = await ada
    .post(`/api/tasks/${task.id}/moons`)
    .send({ body: 'a', planetId: planet.id })
    .expect(201);
  expect(moon).not.toHaveProperty('task');
  const found = await dataSource.getRepository(Moon).find({ relations: { task: true } });
  expect(found).toEqual([expect.objectContaining({ taskId: task.id })]);
  expect(found[0]!.task).toMatchObject({ id: task.id, title: 'Write' });
});

it('is neither a value nor part of a row', () => {
  const names: (keyof Row<Moon>)[] = ['taskId', 'body'];
  // @ts-expect-error -- a relation is no column
  const relation: keyof Row<Moon> = 'task';
  // @ts-expect-error -- a relation is no column
  const values: Values<Moon> = { task: new Task() };
  expect([...names, relation, ...Object.keys(values)]).toContain('task');
});
