import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { ProblemException } from '@app/server';
import pg from 'pg';
import { Column, DataSource, Entity, JoinTable, ManyToMany, PrimaryColumn } from 'typeorm';
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
  }, 60_000);

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

  it('in another schema is included', async () => {
    await client.query(`
      CREATE SCHEMA writing; CREATE TABLE writing.notes (owner_id text);
      INSERT INTO writing.notes VALUES ('ada'), ('bob')`);
    await (await createService(Note)).deleteAll('ada');
    expect((await client.query('SELECT * FROM writing.notes')).rows).toEqual([{ owner_id: 'bob' }]);
  });
});

describe('tables that refer to each other', () => {
  function entity(name: string) {
    @Entity(name, { schema: 'graph' })
    class Row extends OwnedEntity {}
    return Row;
  }

  let dataSource: DataSource;

  async function createService(sql: string): Promise<OwnerDataService> {
    await client.query(`
      DROP SCHEMA IF EXISTS graph CASCADE; CREATE SCHEMA graph; SET search_path = graph;
      CREATE TABLE apples (owner_id text, id integer, other_id integer, self_id integer, PRIMARY KEY (owner_id, id));
      CREATE INDEX ON apples (owner_id, other_id); CREATE INDEX ON apples (owner_id, self_id);
      CREATE TABLE pears (LIKE apples INCLUDING ALL);
      ${sql};
      SET search_path = public`);
    dataSource = await new DataSource({
      ...dataSourceOptions({ url: api.databaseUrl, poolSize: 1, preparedStatements: false }),
      entities: [entity('apples'), entity('pears')],
    }).initialize();
    return new OwnerDataService(dataSource, new ConnectionLimiter(1));
  }

  const insertRows = (table: string, otherId: string) => `
    INSERT INTO ${table} (owner_id, id, other_id, self_id)
    SELECT owner, n, ${otherId}, n % 10 FROM unnest(ARRAY['ada', 'bob']) AS owner, generate_series(0, 1999) AS n`;

  const foreignKey = (child: string, parent: string, options = '') =>
    `ALTER TABLE ${child} ADD CONSTRAINT ${child}_other_fkey FOREIGN KEY (owner_id, other_id)
     REFERENCES ${parent} (owner_id, id) ${options}`;

  const selfReference = (table: string) =>
    `ALTER TABLE ${table} ADD FOREIGN KEY (owner_id, self_id) REFERENCES ${table} (owner_id, id)`;

  /** Repeats the call like the auth server does. */
  async function deleteUntilDone(service: OwnerDataService, attempts = 10): Promise<void> {
    await service.deleteAll('ada').catch((error: unknown) => {
      if (!(error instanceof ProblemException) || attempts === 1) {
        throw error;
      }
      return deleteUntilDone(service, attempts - 1);
    });
  }

  async function countAll(): Promise<Record<string, number>[]> {
    const sql = ['apples', 'pears'].map((table) => `SELECT owner_id FROM graph.${table}`).join(' UNION ALL ');
    return (
      await client.query(`SELECT owner_id AS owner, count(*)::int FROM (${sql}) AS rows GROUP BY owner_id`)
    ).rows;
  }

  afterEach(() => dataSource.destroy());
  afterAll(() => client.query('DROP SCHEMA graph CASCADE'));

  it.each([
    ['apples', 'pears'],
    ['pears', 'apples'],
  ])('are deleted if %s require %s, which refer to themselves and back', async (child, parent) => {
    const service = await createService(
      [
        insertRows(parent, 'NULL'),
        insertRows(child, 'n'),
        `UPDATE ${parent} SET other_id = id`,
        `ALTER TABLE ${child} ALTER other_id SET NOT NULL`,
        foreignKey(child, parent, 'ON DELETE RESTRICT'),
        foreignKey(parent, child),
        selfReference(child),
        selfReference(parent),
      ].join(';'),
    );
    await service.onApplicationBootstrap();
    await deleteUntilDone(service);
    expect(await countAll()).toEqual([{ owner: 'bob', count: 4_000 }]);
  });

  it('are deleted if all their keys are required and cascade', async () => {
    const service = await createService(
      [
        insertRows('apples', 'n'),
        insertRows('pears', 'n'),
        ...['apples', 'pears'].map((table) => `ALTER TABLE ${table} ALTER other_id SET NOT NULL`),
        foreignKey('apples', 'pears', 'ON DELETE CASCADE'),
        foreignKey('pears', 'apples', 'ON DELETE CASCADE'),
      ].join(';'),
    );
    await deleteUntilDone(service);
    expect(await countAll()).toEqual([{ owner: 'bob', count: 4_000 }]);
  });

  it('prevent the start if their keys are required and restrict', async () => {
    const service = await createService(
      [
        ...['apples', 'pears'].map((table) => `ALTER TABLE ${table} ALTER other_id SET NOT NULL`),
        foreignKey('apples', 'pears'),
        foreignKey('pears', 'apples'),
      ].join(';'),
    );
    await expect(service.onApplicationBootstrap()).rejects.toThrow(
      'Tables refer to each other by required foreign keys',
    );
  });

  it('return 503 if a row that refers to a deleted one is inserted at the same time', async () => {
    const service = await createService(
      [
        insertRows('pears', 'NULL'),
        foreignKey('apples', 'pears'),
        // Inserts an apple when the first pear is deleted.
        `CREATE FUNCTION insert_apple() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           INSERT INTO graph.apples (owner_id, id, other_id) VALUES (OLD.owner_id, OLD.id, OLD.id);
           RETURN OLD;
         END $$`,
        'CREATE TRIGGER insert_apple BEFORE DELETE ON pears FOR EACH ROW EXECUTE FUNCTION insert_apple()',
      ].join(';'),
    );
    await expect(service.deleteAll('ada')).rejects.toThrow('Send this request again');
    await client.query('DROP TRIGGER insert_apple ON graph.pears');
    await service.deleteAll('ada');
    expect(await countAll()).toEqual([{ owner: 'bob', count: 2_000 }]);
  });
});

describe('a hook', () => {
  /** Files of a storage service, by owner. */
  const files = new Map<string, string>();
  let storage: 'works' | 'fails' | 'hangs' = 'works';

  @Injectable()
  class FilesService {
    constructor(ownerData: OwnerDataService) {
      ownerData.onErase((ownerId) => this.removeAll(ownerId));
    }

    private async removeAll(ownerId: string): Promise<void> {
      if (storage === 'hangs') {
        await new Promise(() => {});
      }
      if (storage === 'fails') {
        throw new Error('The storage is down.');
      }
      files.delete(ownerId);
    }
  }

  let other: RunningApi;

  beforeAll(async () => {
    other = await startApi({}, undefined, (module) => ({ ...module, providers: [FilesService] }));
  });
  afterAll(() => other.close());

  it('deletes what is not in PostgreSQL', async () => {
    const ada = await other.as('ada');
    files.set(ada.id, 'a');
    await ada.delete('/api/me').expect(204);
    expect(files.has(ada.id)).toBe(false);
  });

  it.each(['fails', 'hangs'] as const)(
    'that %s keeps the rows and returns 503 until it succeeds',
    async (state) => {
      const ada = await other.as('ada');
      files.set(ada.id, 'a');
      await ada.post('/api/tasks').send({ title: 'a' }).expect(201);
      storage = state;
      const { headers } = await ada.delete('/api/me').expect(503);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      expect((await ada.get('/api/tasks').expect(200)).body.items).toHaveLength(1);
      storage = 'works';
      await ada.delete('/api/me').expect(204);
      expect(files.has(ada.id)).toBe(false);
      expect((await ada.get('/api/tasks').expect(200)).body.items).toEqual([]);
    },
  );
});
