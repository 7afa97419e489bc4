import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import {
  Column,
  DataSource,
  Entity,
  JoinColumn,
  JoinTable,
  ManyToMany,
  ManyToOne,
  PrimaryColumn,
} from 'typeorm';
import { dataSourceOptions } from '../src/database/data-source.options.js';
import { OwnedEntity } from '../src/database/owned.entity.js';
import { ConnectionLimiter } from '../src/database/connection-limiter.js';
import { OwnerDataService } from '../src/database/owner-data.service.js';
import { SharedTable } from '../src/database/shared-table.decorator.js';
import { type Client, type RunningApi, startApi } from './running-api.js';

let api: RunningApi;
let client: pg.Client;

beforeAll(async () => {
  api = await startApi();
  client = new pg.Client(api.databaseUrl);
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await api.close();
});

async function insertTasks(ownerId: string, count: number): Promise<void> {
  await client.query(
    `INSERT INTO tasks (owner_id, id, title, created_at, updated_at)
     SELECT $1, gen_random_uuid(), 'Task', now(), now() FROM generate_series(1, $2::int)`,
    [ownerId, count],
  );
}

async function insertKeys(ownerId: string, count: number): Promise<void> {
  await client.query(
    `INSERT INTO idempotency_keys (owner_id, key, fingerprint, result)
     SELECT $1, n::text, 'x', '{}' FROM generate_series(1, $2::int) n`,
    [ownerId, count],
  );
}

async function countRows(table: string, ownerId: string): Promise<number> {
  const { rows } = await client.query(`SELECT count(*)::int AS count FROM ${table} WHERE owner_id = $1`, [
    ownerId,
  ]);
  return rows[0].count;
}

/** Repeats the request until it returns 204, like the auth server does. Returns the statuses. */
async function deleteAccount(user: Client): Promise<number[]> {
  const statuses: number[] = [];
  while (statuses.at(-1) !== 204 && statuses.length < 20) {
    const startedAt = performance.now();
    const { status, headers } = await user.delete('/api/me');
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(status === 204 || Number(headers['retry-after']) > 0).toBe(true);
    statuses.push(status);
  }
  return statuses;
}

describe('DELETE /api/me', () => {
  it("deletes 200,000 rows of a user and keeps other users' rows", async () => {
    const [ada, bob] = [await api.as('ada'), await api.as('bob')];
    await insertTasks(ada.id, 10_000);
    await insertKeys(ada.id, 190_000);
    await insertTasks(bob.id, 10);
    await insertKeys(bob.id, 10);
    expect((await deleteAccount(ada)).at(-1)).toBe(204);
    for (const table of ['tasks', 'idempotency_keys']) {
      expect([await countRows(table, ada.id), await countRows(table, bob.id)]).toEqual([0, 10]);
    }
  });

  describe('of a table whose rows take long to delete', () => {
    beforeAll(async () => {
      await client.query(`
        CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_sleep(0.02); RETURN OLD; END $$;
        CREATE TRIGGER wait BEFORE DELETE ON tasks FOR EACH ROW EXECUTE FUNCTION wait();
      `);
    });
    afterAll(() => client.query('DROP FUNCTION wait CASCADE'));

    it('deletes some rows with each request, until it returns 204', async () => {
      const ada = await api.as('ada');
      // Altogether, they take longer than one statement may take, and longer than one request.
      await insertTasks(ada.id, 250);
      const statuses = await deleteAccount(ada);
      expect(statuses).toEqual([...statuses.slice(1).map(() => 503), 204]);
      expect(statuses.length).toBeGreaterThan(1);
      expect(await countRows('tasks', ada.id)).toBe(0);
    });
  });

  it('deletes a row that is being changed', async () => {
    const ada = await api.as('ada');
    await insertTasks(ada.id, 1);
    await client.query('BEGIN');
    await client.query(`UPDATE tasks SET title = 'changed' WHERE owner_id = $1`, [ada.id]);
    const [response] = await Promise.all([
      ada.delete('/api/me'),
      new Promise((resolve) => setTimeout(resolve, 300)).then(() => client.query('COMMIT')),
    ]);
    expect(response.status).toBe(204);
    expect(await countRows('tasks', ada.id)).toBe(0);
  });
});

describe('an entity', () => {
  @Entity('countries')
  class Country {
    @PrimaryColumn({ type: 'text' })
    code!: string;
  }

  @SharedTable()
  @Entity('currencies')
  class Currency {
    @PrimaryColumn({ type: 'text' })
    code!: string;
  }

  @Entity('counters')
  class Counter {
    @PrimaryColumn({ name: 'owner_id', type: 'uuid' })
    ownerId!: string;
  }

  @Entity('notes', { schema: 'writing' })
  class Note extends OwnedEntity {
    @Column({ type: 'text' })
    body!: string;
  }

  @Entity('labels')
  class Label extends OwnedEntity {
    @ManyToMany(() => Note)
    @JoinTable({ name: 'labels_notes' })
    notes!: Note[];
  }

  const key = (column: string) => [
    { name: 'owner_id', referencedColumnName: 'ownerId' },
    { name: column, referencedColumnName: 'id' },
  ];

  // TypeORM knows entities in the order of their declaration.
  @Entity('shelves')
  class Shelf extends OwnedEntity {
    @ManyToOne('Volume', { onDelete: 'SET NULL' })
    @JoinColumn(key('first_id'))
    first!: object | null;
  }

  @Entity('volumes')
  class Volume extends OwnedEntity {
    @ManyToOne(() => Shelf, { onDelete: 'RESTRICT' })
    @JoinColumn(key('shelf_id'))
    shelf!: Shelf;
  }

  let dataSource: DataSource | undefined;

  afterEach(() => dataSource?.destroy());

  async function createService(...entities: (new () => object)[]): Promise<OwnerDataService> {
    dataSource = await new DataSource({
      ...dataSourceOptions({ url: api.databaseUrl, poolSize: 1, preparedStatements: false }),
      entities,
    }).initialize();
    return new OwnerDataService(dataSource, new ConnectionLimiter(1));
  }

  it.each<[string, (new () => object)[], string]>([
    ['without an owner', [Country], 'Country (table "countries")'],
    ['whose owner is not text', [Counter], 'Counter (table "counters")'],
    ['of a join table without an owner', [Label, Note], 'labels_notes (table "labels_notes")'],
  ])('%s prevents the start', async (_, entities, name) => {
    await expect(createService(...entities)).rejects.toThrow(name);
    await expect(createService(Currency, ...entities)).rejects.toThrow(
      'Extend OwnedEntity, or add @SharedTable() if the rows belong to no user',
    );
  });

  it('that is declared as shared keeps its rows', async () => {
    await client.query(`CREATE TABLE currencies (code text); INSERT INTO currencies VALUES ('EUR')`);
    await (await createService(Currency)).deleteAll('ada');
    expect((await client.query('SELECT * FROM currencies')).rowCount).toBe(1);
  });

  it('is deleted after the rows that refer to it', async () => {
    await client.query(`
        CREATE TABLE shelves (owner_id text, id uuid, first_id uuid, PRIMARY KEY (owner_id, id));
        CREATE TABLE volumes (owner_id text, id uuid, shelf_id uuid, PRIMARY KEY (owner_id, id),
          FOREIGN KEY (owner_id, shelf_id) REFERENCES shelves ON DELETE RESTRICT);
        ALTER TABLE shelves ADD FOREIGN KEY (owner_id, first_id) REFERENCES volumes ON DELETE SET NULL (first_id);
        INSERT INTO shelves SELECT 'ada', gen_random_uuid() FROM generate_series(1, 10);
        INSERT INTO volumes SELECT owner_id, id, id FROM shelves;
        UPDATE shelves SET first_id = id`);
    await (await createService(Shelf, Volume)).deleteAll('ada');
    expect((await client.query('SELECT FROM shelves UNION ALL SELECT FROM volumes')).rowCount).toBe(0);
  });

  it('in another schema is included', async () => {
    await client.query(`
      CREATE SCHEMA writing; CREATE TABLE writing.notes (owner_id text);
      INSERT INTO writing.notes VALUES ('ada'), ('bob')`);
    await (await createService(Note)).deleteAll('ada');
    expect((await client.query('SELECT * FROM writing.notes')).rows).toEqual([{ owner_id: 'bob' }]);
  });
});
