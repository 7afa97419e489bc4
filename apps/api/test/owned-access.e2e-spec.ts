import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Inject, Injectable, Module, type Provider, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { InjectDataSource, InjectEntityManager, InjectRepository } from '@nestjs/typeorm';
import { DataSource, EntityManager, type Repository } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../tools/test/database.js';
import { assertOwnedAccess } from '../src/database/assert-owned-access.js';
import { DatabaseModule, InjectOwnedRepository } from '../src/database/database.module.js';
import { OwnedRepository } from '../src/database/owned-repository.js';
import { OwnerScope } from '../src/database/owner-scope.js';
import { Task } from '../src/tasks/task.entity.js';
import { withRelatedEntities } from './related-entities.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

const preparedStatements = process.env.DATABASE_PREPARED_STATEMENTS !== 'false';

/** Starts an app with one feature that has this provider. */
async function check(provider: Provider): Promise<void> {
  @Module({ imports: [DatabaseModule.forFeature(...withRelatedEntities(Task))], providers: [provider] })
  class FeatureModule {}

  @Module({
    imports: [
      DatabaseModule.forRoot({ url: database.url, preparedStatements }, { maxRows: 0, maxBytes: 0 }),
      FeatureModule,
    ],
  })
  class TestModule {}

  const app = await NestFactory.createApplicationContext(TestModule, { logger: false });
  try {
    assertOwnedAccess(app, [DatabaseModule]);
  } finally {
    await app.close();
  }
}

@Injectable()
class WithRepository {
  constructor(@InjectRepository(Task) readonly tasks: Repository<Task>) {}
}

@Injectable()
class WithDataSource {
  constructor(readonly dataSource: DataSource) {}
}

@Injectable()
class WithDecoratedDataSource {
  constructor(@InjectDataSource() readonly dataSource: object) {}
}

@Injectable()
class WithManager {
  constructor(@InjectEntityManager() readonly manager: EntityManager) {}
}

@Injectable()
class WithProperty {
  @Inject(DataSource) readonly dataSource!: object;
}

@Injectable()
class WithOwnedAccess {
  constructor(
    @InjectOwnedRepository(Task) readonly tasks: OwnedRepository<Task>,
    readonly scope: OwnerScope,
  ) {}
}

it.each<[Type, string]>([
  [WithRepository, 'WithRepository: inject @InjectOwnedRepository(Task), or OwnerScope'],
  [WithDataSource, 'WithDataSource: inject OwnerScope'],
  [WithDecoratedDataSource, 'WithDecoratedDataSource: inject OwnerScope'],
  [WithManager, 'WithManager: inject OwnerScope'],
  [WithProperty, 'WithProperty: inject OwnerScope'],
])('a feature that is a %p does not start', async (provider, message) => {
  await expect(check(provider)).rejects.toThrow(message);
});

it('a factory of a feature that injects the data source does not start', async () => {
  await expect(check({ provide: 'x', inject: [DataSource], useFactory: () => 1 })).rejects.toThrow(
    'x: inject OwnerScope',
  );
});

it('a feature that injects an owned repository and the owner scope starts', async () => {
  await expect(check(WithOwnedAccess)).resolves.toBeUndefined();
});
