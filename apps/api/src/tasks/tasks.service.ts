import { Injectable, NotFoundException, PreconditionFailedException } from '@nestjs/common';
import { InjectOwnedRepository } from '../database/database.module.js';
import { IdempotencyService } from '../database/idempotency.service.js';
import { OwnedRepository, type Page, type Row, type Versioned } from '../database/owned-repository.js';
import { Task } from './task.entity.js';
import type { CreateTask, FindTasks, UpdateTask } from './tasks.schemas.js';

@Injectable()
export class TasksService {
  constructor(
    @InjectOwnedRepository(Task) private readonly tasks: OwnedRepository<Task>,
    private readonly idempotency: IdempotencyService,
  ) {}

  /** @throws ConflictException if the idempotency key was used with a different request. */
  create(ownerId: string, values: CreateTask, idempotencyKey?: string): Promise<Versioned<Row<Task>>> {
    return this.idempotency.runOnce(ownerId, idempotencyKey, ['tasks', values], (transaction) =>
      this.tasks.withTransaction(transaction).insert(ownerId, values),
    );
  }

  findAll(
    ownerId: string,
    { completed, dueAfter, dueBefore, ...query }: FindTasks,
  ): Promise<Page<Row<Task>>> {
    return this.tasks.findPage(ownerId, {
      ...query,
      where: { completed, dueAt: { after: dueAfter, before: dueBefore } },
      searchIn: ['title', 'description'],
    });
  }

  /** @throws NotFoundException if the owner has no task with this id. */
  async findOne(ownerId: string, id: string): Promise<Versioned<Row<Task>>> {
    const task = await this.tasks.findOne(ownerId, id);
    if (!task) {
      throw new NotFoundException('Task not found.');
    }
    return task;
  }

  /**
   * @throws NotFoundException if the owner has no task with this id.
   * @throws PreconditionFailedException if its version is not one of `expectedVersions`.
   */
  async update(
    ownerId: string,
    id: string,
    changes: UpdateTask,
    expectedVersions?: number[],
  ): Promise<Versioned<Row<Task>>> {
    const task = await this.tasks.update(ownerId, id, changes, expectedVersions);
    return task ?? this.throwNotFoundOrPreconditionFailed(ownerId, id);
  }

  /**
   * @throws NotFoundException if the owner has no task with this id.
   * @throws PreconditionFailedException if its version is not one of `expectedVersions`.
   */
  async remove(ownerId: string, id: string, expectedVersions?: number[]): Promise<void> {
    const removed = await this.tasks.remove(ownerId, id, expectedVersions);
    if (!removed) {
      await this.throwNotFoundOrPreconditionFailed(ownerId, id);
    }
  }

  private async throwNotFoundOrPreconditionFailed(ownerId: string, id: string): Promise<never> {
    await this.findOne(ownerId, id);
    throw new PreconditionFailedException('The task has changed. Fetch the latest version and try again.');
  }
}
