import { Injectable, NotFoundException, PreconditionFailedException } from '@nestjs/common';
import { InjectRepository } from '../database/database.module.js';
import { Idempotency } from '../database/idempotency.js';
import { OwnedRepository, type Page, type Row, type Stored } from '../database/owned-repository.js';
import type { CreateTaskDto } from './dto/create-task.dto.js';
import type { FindTasksDto } from './dto/find-tasks.dto.js';
import type { UpdateTaskDto } from './dto/update-task.dto.js';
import { Task } from './entities/task.entity.js';

@Injectable()
export class TasksService {
  constructor(
    @InjectRepository(Task) private readonly tasks: OwnedRepository<Task>,
    private readonly idempotency: Idempotency,
  ) {}

  /** @throws ConflictException where the key was used for another task. */
  create(ownerId: string, dto: CreateTaskDto, idempotencyKey?: string): Promise<Stored<Row<Task>>> {
    return this.idempotency.once(ownerId, idempotencyKey, ['tasks', dto], (transaction) =>
      this.tasks.within(transaction).insert(ownerId, dto),
    );
  }

  findAll(ownerId: string, { completed, ...query }: FindTasksDto): Promise<Page<Row<Task>>> {
    return this.tasks.findPage(ownerId, {
      ...query,
      where: { completed },
      searchIn: ['title', 'description'],
    });
  }

  /** @throws NotFoundException where the owner has no such task. */
  async findOne(ownerId: string, id: string): Promise<Stored<Row<Task>>> {
    const task = await this.tasks.findOne(ownerId, id);
    if (!task) {
      throw new NotFoundException('There is no such task.');
    }
    return task;
  }

  /** @throws NotFoundException, or PreconditionFailedException where the task has none of the `versions`. */
  async update(
    ownerId: string,
    id: string,
    dto: UpdateTaskDto,
    versions?: number[],
  ): Promise<Stored<Row<Task>>> {
    const task = await this.tasks.update(ownerId, id, dto, versions);
    return task ?? this.refuse(ownerId, id);
  }

  /** @throws NotFoundException, or PreconditionFailedException where the task has none of the `versions`. */
  async remove(ownerId: string, id: string, versions?: number[]): Promise<void> {
    const removed = await this.tasks.remove(ownerId, id, versions);
    if (!removed) {
      await this.refuse(ownerId, id);
    }
  }

  /** Says why a conditional write found no row. */
  private async refuse(ownerId: string, id: string): Promise<never> {
    await this.findOne(ownerId, id);
    throw new PreconditionFailedException('The task was changed since: read it again.');
  }
}
