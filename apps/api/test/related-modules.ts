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
  CREATE TABLE projects (
    owner_id text NOT NULL, id uuid NOT NULL, version integer NOT NULL DEFAULT 1,
    created_at timestamptz(3) NOT NULL, updated_at timestamptz(3) NOT NULL,
    name varchar(40) NOT NULL, size smallint CONSTRAINT projects_size_check CHECK (size > 0),
    parent_id uuid, pinned_id uuid,
    CONSTRAINT projects_pkey PRIMARY KEY (owner_id, id),
    CONSTRAINT projects_parent_fkey FOREIGN KEY (owner_id, parent_id) REFERENCES projects (owner_id, id)
      DEFERRABLE INITIALLY DEFERRED
  );
  CREATE UNIQUE INDEX projects_name_key ON projects (owner_id, name, size);
  CREATE TABLE comments (
    owner_id text NOT NULL, id uuid NOT NULL, version integer NOT NULL DEFAULT 1,
    created_at timestamptz(3) NOT NULL, updated_at timestamptz(3) NOT NULL,
    body text NOT NULL, task_id uuid NOT NULL, project_id uuid NOT NULL,
    CONSTRAINT comments_pkey PRIMARY KEY (owner_id, id),
    CONSTRAINT comments_task_fkey FOREIGN KEY (owner_id, task_id) REFERENCES tasks (owner_id, id) ON DELETE RESTRICT,
    CONSTRAINT comments_project_fkey FOREIGN KEY (owner_id, project_id) REFERENCES projects (owner_id, id)
  );
  CREATE INDEX comments_task_idx ON comments (owner_id, task_id, id);
  CREATE INDEX comments_project_idx ON comments (owner_id, project_id, id);
  ALTER TABLE projects ADD CONSTRAINT projects_pinned_fkey
    FOREIGN KEY (owner_id, pinned_id) REFERENCES comments (owner_id, id) ON DELETE SET NULL (pinned_id);
  CREATE INDEX projects_parent_idx ON projects (owner_id, parent_id, id);
  CREATE INDEX projects_pinned_idx ON projects (owner_id, pinned_id, id);
  SELECT enable_owner_scope('projects'), enable_owner_scope('comments');
`;

export async function createRelatedTables(databaseUrl: string): Promise<void> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  await client.query(SQL);
  await client.end();
}

@Entity('projects')
@Index('projects_name_key', ['ownerId', 'name', 'size'], { unique: true })
@Check('projects_size_check', 'size > 0')
@ForeignKey(() => Project, ['ownerId', 'parentId'], ['ownerId', 'id'], { name: 'projects_parent_fkey' })
@ForeignKey('Comment', ['ownerId', 'pinnedId'], ['ownerId', 'id'], { name: 'projects_pinned_fkey' })
export class Project extends OwnedEntity {
  @Column({ type: 'varchar', length: 40 })
  name!: string;

  @Column({ type: 'smallint', nullable: true })
  size!: number | null;

  @Column({ name: 'parent_id', type: 'uuid', nullable: true })
  parentId!: string | null;

  @Column({ name: 'pinned_id', type: 'uuid', nullable: true })
  pinnedId!: string | null;
}

@Entity('comments')
@ForeignKey(() => Project, ['ownerId', 'projectId'], ['ownerId', 'id'], { name: 'comments_project_fkey' })
export class Comment extends OwnedEntity {
  @Column({ type: 'text' })
  body!: string;

  @Column({ name: 'task_id', type: 'uuid' })
  taskId!: string;

  @ManyToOne(() => Task, { onDelete: 'RESTRICT' })
  @JoinColumn([
    { name: 'owner_id', referencedColumnName: 'ownerId', foreignKeyConstraintName: 'comments_task_fkey' },
    { name: 'task_id', referencedColumnName: 'id', foreignKeyConstraintName: 'comments_task_fkey' },
  ])
  task?: Task;

  @Column({ name: 'project_id', type: 'uuid' })
  projectId!: string;
}

const reference = (collection: string) => idSchema.meta({ 'x-references': collection });

const rowFields = { id: idSchema, createdAt: z.iso.datetime(), updatedAt: z.iso.datetime() };

const projectFields = {
  name: z.string().min(1),
  size: z.number().nullable(),
  parentId: reference('/api/projects').nullable(),
  pinnedId: reference('/api/tasks/{taskId}/comments').nullable(),
};
const createProjectSchema = z
  .strictObject({ ...projectFields })
  .partial({ size: true, parentId: true, pinnedId: true });
const updateProjectSchema = z.strictObject(projectFields).partial();
const linkSchema = z.strictObject({ taskIds: z.array(reference('/api/tasks')).min(1) });
const findProjectsSchema = z.strictObject({
  ...pageQueryFields,
  parentId: reference('/api/projects').optional(),
  size: z.enum(['1', '2']).optional(),
});
const statsSchema = z.strictObject({ days: z.enum(['7', '14']) });
const projectSchema = z
  .strictObject({
    ...rowFields,
    name: z.string(),
    size: z.number().nullable(),
    parentId: z.guid().nullable(),
    pinnedId: z.guid().nullable(),
  })
  .meta({ id: 'Project' });
const createCommentSchema = z.strictObject({ body: z.string(), projectId: reference('/api/projects') });
const updateCommentSchema = createCommentSchema.partial();
const commentSchema = z
  .strictObject({ ...rowFields, body: z.string(), taskId: z.guid(), projectId: z.guid() })
  .meta({ id: 'Comment' });
const findCommentsSchema = z.strictObject(pageQueryFields);

const found = <R>(row: { row: R } | undefined): R => {
  if (!row) {
    throw new NotFoundException('Not found.');
  }
  return row.row;
};

@Controller('projects')
export class ProjectsController {
  constructor(
    @InjectOwnedRepository(Project) private readonly projects: OwnedRepository<Project>,
    @InjectOwnedRepository(Task) private readonly tasks: OwnedRepository<Task>,
    private readonly transactions: Transactions,
  ) {}

  /** In a transaction, so that the constraint of `parentId` is checked by COMMIT. */
  @Post()
  @ApiCreatedResponse({ standardSchema: projectSchema })
  async create(
    @CurrentUser() user: AuthUser,
    @Body({ schema: createProjectSchema }) body: z.infer<typeof createProjectSchema>,
  ) {
    const { row } = await this.transactions.run(user.id, (transaction) =>
      this.projects.withTransaction(transaction).insert(user.id, body),
    );
    return row;
  }

  @Get()
  @ApiOkResponse({ standardSchema: pageSchema(projectSchema).meta({ id: 'ProjectPage' }) })
  findAll(
    @CurrentUser() user: AuthUser,
    @Query({ schema: findProjectsSchema }) { parentId, size, ...query }: z.infer<typeof findProjectsSchema>,
  ) {
    const where = { parentId, size: size && Number(size) } as Partial<Project>;
    return this.projects.findPage(user.id, { ...query, sort: '-createdAt', where });
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
  @ApiOkResponse({ standardSchema: projectSchema })
  async findOne(@CurrentUser() user: AuthUser, @Param('id', { schema: idSchema }) id: string) {
    return found(await this.projects.findOne(user.id, id));
  }

  @Patch(':id')
  @ApiOkResponse({ standardSchema: projectSchema })
  async update(
    @CurrentUser() user: AuthUser,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: updateProjectSchema }) body: z.infer<typeof updateProjectSchema>,
  ) {
    return found(await this.projects.update(user.id, id, body));
  }

  /** An action, which creates no row. */
  @Post(':id/link')
  @HttpCode(204)
  async link(
    @CurrentUser() user: AuthUser,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: linkSchema }) { taskIds }: z.infer<typeof linkSchema>,
  ) {
    found(await this.projects.findOne(user.id, id));
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
    if (!(await this.projects.remove(user.id, id))) {
      throw new NotFoundException('Not found.');
    }
  }
}

@Controller('tasks/:taskId/comments')
export class CommentsController {
  constructor(
    @InjectOwnedRepository(Comment) private readonly comments: OwnedRepository<Comment>,
    @InjectOwnedRepository(Task) private readonly tasks: OwnedRepository<Task>,
  ) {}

  /** Relies on the foreign key: the task may be deleted at any time. */
  @Post()
  @ApiCreatedResponse({ standardSchema: commentSchema })
  async create(
    @CurrentUser() user: AuthUser,
    @Param('taskId', { schema: idSchema }) taskId: string,
    @Body({ schema: createCommentSchema }) body: z.infer<typeof createCommentSchema>,
  ) {
    return (await this.comments.insert(user.id, { ...body, taskId })).row;
  }

  @Get()
  @ApiOkResponse({ standardSchema: pageSchema(commentSchema).meta({ id: 'CommentPage' }) })
  async findAll(
    @CurrentUser() user: AuthUser,
    @Param('taskId', { schema: idSchema }) taskId: string,
    @Query({ schema: findCommentsSchema }) query: z.infer<typeof findCommentsSchema>,
  ) {
    found(await this.tasks.findOne(user.id, taskId));
    return this.comments.findPage(user.id, { ...query, sort: '-createdAt', where: { taskId } });
  }

  @Patch(':id')
  @ApiOkResponse({ standardSchema: commentSchema })
  async update(
    @CurrentUser() user: AuthUser,
    @Param('taskId', { schema: idSchema }) taskId: string,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: updateCommentSchema }) body: z.infer<typeof updateCommentSchema>,
  ) {
    if (found(await this.comments.findOne(user.id, id)).taskId !== taskId) {
      throw new NotFoundException('Not found.');
    }
    return found(await this.comments.update(user.id, id, body));
  }
}

@Module({
  imports: [DatabaseModule.forFeature(Project, Comment, Task)],
  controllers: [ProjectsController, CommentsController],
})
export class RelatedModule {}
