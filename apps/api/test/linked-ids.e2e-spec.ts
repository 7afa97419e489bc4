import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ConflictException, Module, type Type } from '@nestjs/common';
import pg from 'pg';
import { Column, Entity, JoinColumn, ManyToOne } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../tools/test/database.js';
import { DatabaseModule } from '../src/database/database.module.js';
import { LinkedIds } from '../src/database/linked-ids.decorator.js';
import { OwnedEntity } from '../src/database/owned.entity.js';
import { OwnedRepository } from '../src/database/owned-repository.js';
import { OwnerScope } from '../src/database/owner-scope.js';
import { Task } from '../src/tasks/task.entity.js';
import { type RunningApi, startApi } from './running-api.js';

const MAX_ROWS = 30;

@Entity('albums')
class Album extends OwnedEntity {
  @Column({ type: 'text' })
  name!: string;

  @LinkedIds({ table: 'album_tasks', from: 'album_id', to: 'task_id' })
  taskIds!: string[];
}

@Entity('album_tasks')
class AlbumTask extends OwnedEntity {
  @Column({ name: 'album_id', type: 'uuid' })
  albumId!: string;

  @Column({ name: 'task_id', type: 'uuid' })
  taskId!: string;

  @ManyToOne(() => Task)
  @JoinColumn([
    { name: 'owner_id', referencedColumnName: 'ownerId', foreignKeyConstraintName: 'album_tasks_task_fkey' },
    { name: 'task_id', referencedColumnName: 'id', foreignKeyConstraintName: 'album_tasks_task_fkey' },
  ])
  task?: Task;
}

const base = `
  owner_id text NOT NULL, id uuid NOT NULL, version integer NOT NULL DEFAULT 1,
  created_at timestamptz(3) NOT NULL, updated_at timestamptz(3) NOT NULL, PRIMARY KEY (owner_id, id)`;
const SQL = `
  CREATE TABLE albums (${base}, name text NOT NULL);
  CREATE TABLE album_tasks (
    ${base}, album_id uuid NOT NULL, task_id uuid NOT NULL,
    FOREIGN KEY (owner_id, album_id) REFERENCES albums (owner_id, id) ON DELETE CASCADE,
    CONSTRAINT album_tasks_task_fkey FOREIGN KEY (owner_id, task_id) REFERENCES tasks (owner_id, id) ON DELETE CASCADE
  );
  CREATE UNIQUE INDEX album_tasks_album_idx ON album_tasks (owner_id, album_id, task_id);
  CREATE INDEX album_tasks_task_idx ON album_tasks (owner_id, task_id, album_id);
  SELECT enable_owner_scope('albums'), enable_owner_scope('album_tasks');
`;

@Module({ imports: [DatabaseModule.forFeature(Album, AlbumTask)] })
class AlbumsModule {}

let database: TestDatabase;
let administrator: pg.Client;
let api: RunningApi;
let albums: OwnedRepository<Album>;
let tasks: OwnedRepository<Task>;
let ada: string;
let bob: string;
/** The ids of three of Ada's tasks. */
let ids: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  administrator = new pg.Client(database.url);
  await administrator.connect();
  await administrator.query(SQL);
  api = await startApi(
    { DATABASE_URL: database.url, OWNER_MAX_ROWS: String(MAX_ROWS) },
    undefined,
    (module) => ({ ...module, imports: [...module.imports!, AlbumsModule] }),
  );
  albums = repository(Album);
  tasks = repository(Task);
});

afterAll(async () => {
  await api.close();
  await administrator.end();
  await database.drop();
});

beforeEach(async () => {
  [ada, bob] = [`ada-${randomUUID()}`, `bob-${randomUUID()}`];
  ids = [await createTask(ada), await createTask(ada), await createTask(ada)];
});

function repository<T extends OwnedEntity>(entity: Type<T>): OwnedRepository<T> {
  return api.get(`OwnedRepository<${entity.name}>` as unknown as Type<OwnedRepository<T>>);
}

async function createTask(ownerId: string): Promise<string> {
  return (await tasks.insert(ownerId, { title: 'a' })).row.id;
}

async function createAlbum(taskIds?: string[]): Promise<string> {
  return (await albums.insert(ada, { name: 'a', taskIds })).row.id;
}

async function read(id: string) {
  const { row, version } = (await albums.findOne(ada, id))!;
  return { taskIds: row.taskIds, version };
}

async function usedRows(): Promise<{ counted: number; stored: number }> {
  const count = (table: string) => `(SELECT count(*)::integer FROM ${table} WHERE owner_id = $1)`;
  const { rows } = await administrator.query(
    `SELECT (SELECT rows::integer FROM owner_usage WHERE owner_id = $1) AS counted,
       ${['albums', 'album_tasks', 'tasks'].map(count).join(' + ')} AS stored`,
    [ada],
  );
  return rows[0];
}

describe('insert', () => {
  it('returns the ids, each once and sorted', async () => {
    const { row, version } = await albums.insert(ada, {
      name: 'a',
      taskIds: [ids[1]!, ids[0]!, ids[1]!.toUpperCase()],
    });
    expect(row).toMatchObject({ name: 'a', taskIds: ids.slice(0, 2) });
    expect(version).toBe(1);
  });

  it('returns an empty list without ids', async () => {
    expect((await albums.insert(ada, { name: 'a' })).row.taskIds).toEqual([]);
  });

  it('inserts nothing if an id is unknown', async () => {
    await expect(createAlbum([ids[0]!, randomUUID()])).rejects.toMatchObject({ code: '23503' });
    expect((await albums.findPage(ada, { limit: 1, sort: 'createdAt' })).items).toEqual([]);
    expect(await usedRows()).toEqual({ counted: 3, stored: 3 });
  });
});

describe('update', () => {
  it('replaces the ids and increments the version', async () => {
    const id = await createAlbum(ids.slice(0, 2));
    const updated = await albums.update(ada, id, { taskIds: ids.slice(1) });
    expect(updated).toMatchObject({ row: { name: 'a', taskIds: ids.slice(1) }, version: 2 });
    expect((await albums.update(ada, id, { taskIds: [] }))?.row.taskIds).toEqual([]);
  });

  it('keeps the ids if they are not given', async () => {
    const id = await createAlbum(ids);
    expect(await albums.update(ada, id, { name: 'b' })).toMatchObject({ row: { name: 'b', taskIds: ids } });
  });

  it('changes nothing if the version is not the expected one', async () => {
    const id = await createAlbum(ids);
    expect(await albums.update(ada, id, { taskIds: [] }, [2])).toBeUndefined();
    expect(await read(id)).toEqual({ taskIds: ids, version: 1 });
  });

  it("neither changes another owner's row nor accepts another owner's id", async () => {
    const id = await createAlbum(ids);
    expect(await albums.update(bob, id, { taskIds: [] })).toBeUndefined();
    const foreign = await createTask(bob);
    await expect(albums.update(ada, id, { taskIds: [foreign] })).rejects.toMatchObject({ code: '23503' });
    expect(await read(id)).toEqual({ taskIds: ids, version: 1 });
  });

  it('leaves the ids of one of two concurrent updates', async () => {
    const id = await createAlbum();
    await Promise.all(ids.map((taskId) => albums.update(ada, id, { taskIds: [taskId] })));
    expect((await read(id)).taskIds).toHaveLength(1);
  });

  it('passes the locked row to a function, so that no concurrent change is lost', async () => {
    const id = await createAlbum();
    await Promise.all(
      ids.map((taskId) => albums.update(ada, id, (row) => ({ taskIds: [...row.taskIds, taskId] }))),
    );
    expect(await read(id)).toEqual({ taskIds: ids, version: 4 });
  });

  it('keeps the version if the function returns no changes', async () => {
    const id = await createAlbum(ids);
    expect(await albums.update(ada, id, () => ({}))).toMatchObject({ version: 1 });
    expect(await albums.update(bob, id, () => ({ name: 'b' }))).toBeUndefined();
  });
});

describe('where', () => {
  it('finds the rows with all given ids, page by page', async () => {
    const [both, one] = [await createAlbum(ids.slice(0, 2)), await createAlbum(ids.slice(0, 1))];
    await createAlbum(ids.slice(1));
    const query = { limit: 1, sort: 'createdAt' as const, where: { taskIds: [ids[0]!] } };
    const page = await albums.findPage(ada, query);
    const rest = await albums.findPage(ada, { ...query, cursor: page.nextCursor! });
    expect([...page.items, ...rest.items].map(({ id }) => id)).toEqual([both, one]);
    expect(rest.nextCursor).toBeNull();
    expect(await albums.count(ada, { taskIds: ids.slice(0, 2) }, { max: 9 })).toBe(1);
    expect(await albums.exists(bob, { taskIds: [ids[0]!] })).toBe(false);
  });
});

it('loses an id when its row is deleted, and all of them when its own row is deleted', async () => {
  const id = await createAlbum(ids);
  await tasks.remove(ada, ids[0]!);
  expect((await read(id)).taskIds).toEqual(ids.slice(1));
  await albums.remove(ada, id);
  expect(await usedRows()).toEqual({ counted: 2, stored: 2 });
});

describe('the quota', () => {
  it('counts each row of the join table', async () => {
    const id = await createAlbum(ids);
    await albums.update(ada, id, { taskIds: ids.slice(2) });
    expect(await usedRows()).toEqual({ counted: 5, stored: 5 });
  });

  it('rejects ids beyond its limit', async () => {
    for (let row = 3; row < MAX_ROWS - 2; row += 1) {
      await createAlbum();
    }
    await expect(createAlbum(ids)).rejects.toThrow(ConflictException);
    expect(await usedRows()).toEqual({ counted: MAX_ROWS - 2, stored: MAX_ROWS - 2 });
  });
});

describe('in an owner scope', () => {
  it('is read by TypeORM, and written by the repository', async () => {
    const id = await createAlbum(ids.slice(0, 1));
    await api.get(OwnerScope).run(ada, async (manager) => {
      expect(await manager.find(Album)).toEqual([expect.objectContaining({ id, taskIds: ids.slice(0, 1) })]);
      const updated = await albums.update(ada, id, ({ taskIds }) => ({ taskIds: [...taskIds, ids[1]!] }));
      expect(updated).toMatchObject({ row: { taskIds: ids.slice(0, 2) }, version: 2 });
    });
    expect(await usedRows()).toEqual({ counted: 6, stored: 6 });
  });
});
