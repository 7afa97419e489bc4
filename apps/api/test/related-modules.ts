import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Module,
  NotFoundException,
  Param,
  Patch,
  Post,
  Query,
} from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse } from '@nestjs/swagger';
import { type AuthUser, CurrentUser, Public, Roles } from '@app/auth';
import { ProblemException } from '@app/server';
import pg from 'pg';
import { Check, Column, Entity, ForeignKey, Index, JoinColumn, ManyToOne } from 'typeorm';
import { z } from 'zod';
import { DatabaseModule, InjectOwnedRepository } from '../src/database/database.module.js';
import { OwnedEntity } from '../src/database/owned.entity.js';
import { OwnedRepository } from '../src/database/owned-repository.js';
import { Transactions } from '../src/database/transactions.js';
import { idSchema, pageQueryFields, pageSchema } from '../src/http/field.schemas.js';
import { Task } from '../src/tasks/task.entity.js';

// Two modules whose tables refer to each other, to themselves and to tasks, with constraints of every kind.

const SQL = `
  CREATE TABLE planets (
    owner_id text NOT NULL, id uuid NOT NULL, version integer NOT NULL DEFAULT 1,
    created_at timestamptz(3) NOT NULL, updated_at timestamptz(3) NOT NULL,
    name varchar(40) NOT NULL, size smallint CONSTRAINT planets_size_check CHECK (size > 0),
    parent_id uuid, pinned_id uuid,
    CONSTRAINT planets_pkey PRIMARY KEY (owner_id, id),
    CONSTRAINT planets_parent_fkey FOREIGN KEY (owner_id, parent_id) REFERENCES planets (owner_id, id)
      DEFERRABLE INITIALLY DEFERRED
  );
  CREATE UNIQUE INDEX planets_name_key ON planets (owner_id, name, size);
  CREATE TABLE moons (
    owner_id text NOT NULL, id uuid NOT NULL, version integer NOT NULL DEFAULT 1,
    created_at timestamptz(3) NOT NULL, updated_at timestamptz(3) NOT NULL,
    body text NOT NULL, task_id uuid NOT NULL, planet_id uuid NOT NULL,
    CONSTRAINT moons_pkey PRIMARY KEY (owner_id, id),
    CONSTRAINT moons_task_fkey FOREIGN KEY (owner_id, task_id) REFERENCES tasks (owner_id, id) ON DELETE RESTRICT,
    CONSTRAINT moons_planet_fkey FOREIGN KEY (owner_id, planet_id) REFERENCES planets (owner_id, id)
  );
  CREATE INDEX moons_task_idx ON moons (owner_id, task_id, id);
  CREATE INDEX moons_planet_idx ON moons (owner_id, planet_id, id);
  ALTER TABLE planets ADD CONSTRAINT planets_pinned_fkey
    FOREIGN KEY (owner_id, pinned_id) REFERENCES moons (owner_id, id) ON DELETE SET NULL (pinned_id);
  CREATE INDEX planets_parent_idx ON planets (owner_id, parent_id, id);
  CREATE INDEX planets_pinned_idx ON planets (owner_id, pinned_id, id);
  SELECT enable_owner_scope('planets'), enable_owner_scope('moons');
`;

export async function createRelatedTables(databaseUrl: string): Promise<void> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  await client.query(SQL);
  await client.end();
}

@Entity('planets')
@Index('planets_name_key', ['ownerId', 'name', 'size'], { unique: true })
@Check('planets_size_check', 'size > 0')
@ForeignKey(() => Planet, ['ownerId', 'parentId'], ['ownerId', 'id'], { name: 'planets_parent_fkey' })
@ForeignKey('Moon', ['ownerId', 'pinnedId'], ['ownerId', 'id'], { name: 'planets_pinned_fkey' })
export class Planet extends OwnedEntity {
  @Column({ type: 'varchar', length: 40 })
  name!: string;

  @Column({ type: 'smallint', nullable: true })
  size!: number | null;

  @Column({ name: 'parent_id', type: 'uuid', nullable: true })
  parentId!: string | null;

  @Column({ name: 'pinned_id', type: 'uuid', nullable: true })
  pinnedId!: string | null;
}

@Entity('moons')
@ForeignKey(() => Planet, ['ownerId', 'planetId'], ['ownerId', 'id'], { name: 'moons_planet_fkey' })
export class Moon extends OwnedEntity {
  @Column({ type: 'text' })
  body!: string;

  @Column({ name: 'task_id', type: 'uuid' })
  taskId!: string;

  @ManyToOne(() => Task, { onDelete: 'RESTRICT' })
  @JoinColumn([
    { name: 'owner_id', referencedColumnName: 'ownerId', foreignKeyConstraintName: 'moons_task_fkey' },
    { name: 'task_id', referencedColumnName: 'id', foreignKeyConstraintName: 'moons_task_fkey' },
  ])
  task?: Task;

  @Column({ name: 'planet_id', type: 'uuid' })
  planetId!: string;
}

const reference = (collection: string) => idSchema.meta({ 'x-references': collection });

const rowFields = { id: idSchema, createdAt: z.iso.datetime(), updatedAt: z.iso.datetime() };

const planetFields = {
  name: z.string().min(1),
  size: z.number().nullable(),
  parentId: reference('/api/planets').nullable(),
  pinnedId: reference('/api/tasks/{taskId}/moons').nullable(),
};
const createPlanetSchema = z
  .strictObject({ ...planetFields })
  .partial({ size: true, parentId: true, pinnedId: true });
const updatePlanetSchema = z.strictObject(planetFields).partial();
const linkSchema = z.strictObject({ taskIds: z.array(reference('/api/tasks')).min(1) });
const findPlanetsSchema = z.strictObject({
  ...pageQueryFields,
  parentId: reference('/api/planets').optional(),
  size: z.enum(['1', '2']).optional(),
});
const statsSchema = z.strictObject({ days: z.enum(['7', '14']) });
const planetSchema = z
  .strictObject({
    ...rowFields,
    name: z.string(),
    size: z.number().nullable(),
    parentId: z.guid().nullable(),
    pinnedId: z.guid().nullable(),
  })
  .meta({ id: 'Planet' });
const createMoonSchema = z.strictObject({ body: z.string(), planetId: reference('/api/planets') });
const updateMoonSchema = createMoonSchema.partial();
const moonSchema = z
  .strictObject({ ...rowFields, body: z.string(), taskId: z.guid(), planetId: z.guid() })
  .meta({ id: 'Moon' });
const findMoonsSchema = z.strictObject(pageQueryFields);

const found = <R>(row: { row: R } | undefined): R => {
  if (!row) {
    throw new NotFoundException('Not found.');
  }
  return row.row;
};

@Controller('planets')
export class PlanetsController {
  constructor(
    @InjectOwnedRepository(Planet) private readonly planets: OwnedRepository<Planet>,
    @InjectOwnedRepository(Task) private readonly tasks: OwnedRepository<Task>,
    private readonly transactions: Transactions,
  ) {}

  /** In a transaction, so that the constraint of `parentId` is checked by COMMIT. */
  @Post()
  @ApiCreatedResponse({ standardSchema: planetSchema })
  async create(
    @CurrentUser() user: AuthUser,
    @Body({ schema: createPlanetSchema }) body: z.infer<typeof createPlanetSchema>,
  ) {
    const { row } = await this.transactions.run(user.id, (transaction) =>
      this.planets.withTransaction(transaction).insert(user.id, body),
    );
    return row;
  }

  @Get()
  @ApiOkResponse({ standardSchema: pageSchema(planetSchema).meta({ id: 'PlanetPage' }) })
  findAll(
    @CurrentUser() user: AuthUser,
    @Query({ schema: findPlanetsSchema }) { parentId, size, ...query }: z.infer<typeof findPlanetsSchema>,
  ) {
    const where = { parentId, size: size && Number(size) } as Partial<Planet>;
    return this.planets.findPage(user.id, { ...query, sort: '-createdAt', where });
  }

  @Public()
  @Get('version')
  @ApiOkResponse({ standardSchema: z.strictObject({ version: z.number() }).meta({ id: 'Version' }) })
  findVersion() {
    return { version: 1 };
  }

  @Get('stats')
  @ApiOkResponse({ standardSchema: z.strictObject({ days: z.number() }).meta({ id: 'Stats' }) })
  countDays(@Query({ schema: statsSchema }) { days }: z.infer<typeof statsSchema>) {
    return { days: Number(days) };
  }

  @Roles('admin', 'auditor')
  @Get('summary')
  @ApiOkResponse({ standardSchema: z.strictObject({ text: z.string() }).meta({ id: 'Summary' }) })
  summarize() {
    return { text: 'All is well.' };
  }

  @Get(':id')
  @ApiOkResponse({ standardSchema: planetSchema })
  async findOne(@CurrentUser() user: AuthUser, @Param('id', { schema: idSchema }) id: string) {
    return found(await this.planets.findOne(user.id, id));
  }

  @Patch(':id')
  @ApiOkResponse({ standardSchema: planetSchema })
  async update(
    @CurrentUser() user: AuthUser,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: updatePlanetSchema }) body: z.infer<typeof updatePlanetSchema>,
  ) {
    return found(await this.planets.update(user.id, id, body));
  }

  /** An action, which creates no row. */
  @Post(':id/link')
  @HttpCode(204)
  async link(
    @CurrentUser() user: AuthUser,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: linkSchema }) { taskIds }: z.infer<typeof linkSchema>,
  ) {
    found(await this.planets.findOne(user.id, id));
    for (const [index, taskId] of taskIds.entries()) {
      if (!(await this.tasks.findOne(user.id, taskId))) {
        const errors = [{ pointer: `/taskIds/${index}`, detail: 'You have no task with this id' }];
        throw new ProblemException(400, { detail: 'Validation failed.', errors });
      }
    }
  }

  @Delete(':id')
  @HttpCode(204)
  async remove(@CurrentUser() user: AuthUser, @Param('id', { schema: idSchema }) id: string) {
    if (!(await this.planets.remove(user.id, id))) {
      throw new NotFoundException('Not found.');
    }
  }
}

@Controller('tasks/:taskId/moons')
export class MoonsController {
  constructor(
    @InjectOwnedRepository(Moon) private readonly moons: OwnedRepository<Moon>,
    @InjectOwnedRepository(Task) private readonly tasks: OwnedRepository<Task>,
  ) {}

  /** Relies on the foreign key: the task may be deleted at any time. */
  @Post()
  @ApiCreatedResponse({ standardSchema: moonSchema })
  async create(
    @CurrentUser() user: AuthUser,
    @Param('taskId', { schema: idSchema }) taskId: string,
    @Body({ schema: createMoonSchema }) body: z.infer<typeof createMoonSchema>,
  ) {
    return (await this.moons.insert(user.id, { ...body, taskId })).row;
  }

  @Get()
  @ApiOkResponse({ standardSchema: pageSchema(moonSchema).meta({ id: 'MoonPage' }) })
  async findAll(
    @CurrentUser() user: AuthUser,
    @Param('taskId', { schema: idSchema }) taskId: string,
    @Query({ schema: findMoonsSchema }) query: z.infer<typeof findMoonsSchema>,
  ) {
    found(await this.tasks.findOne(user.id, taskId));
    return this.moons.findPage(user.id, { ...query, sort: '-createdAt', where: { taskId } });
  }

  @Patch(':id')
  @ApiOkResponse({ standardSchema: moonSchema })
  async update(
    @CurrentUser() user: AuthUser,
    @Param('taskId', { schema: idSchema }) taskId: string,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: updateMoonSchema }) body: z.infer<typeof updateMoonSchema>,
  ) {
    if (found(await this.moons.findOne(user.id, id)).taskId !== taskId) {
      throw new NotFoundException('Not found.');
    }
    return found(await this.moons.update(user.id, id, body));
  }
}

@Module({
  imports: [DatabaseModule.forFeature(Planet, Moon, Task)],
  controllers: [PlanetsController, MoonsController],
})
export class RelatedModule {}
