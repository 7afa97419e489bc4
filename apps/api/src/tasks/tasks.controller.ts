import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse } from '@nestjs/swagger';
import { Owner, Scopes } from '@app/auth';
import type { Versioned } from '../database/owned-repository.js';
import { idSchema } from '../http/field.schemas.js';
import { IdempotencyKey } from '../http/idempotency-key.decorator.js';
import { IfMatch } from '../http/if-match.decorator.js';
import { SendsETag } from '../http/sends-etag.decorator.js';
import {
  type CreateTask,
  createTaskSchema,
  type FindTasks,
  findTasksSchema,
  type TaskPage,
  taskPageSchema,
  type TaskResponse,
  taskSchema,
  type UpdateTask,
  updateTaskSchema,
} from './tasks.schemas.js';
import { TasksService } from './tasks.service.js';

@Controller('tasks')
export class TasksController {
  constructor(private readonly tasks: TasksService) {}

  @Post()
  @Scopes('tasks:write')
  @ApiCreatedResponse({ standardSchema: taskSchema })
  @SendsETag()
  create(
    @Owner() ownerId: string,
    @Body({ schema: createTaskSchema }) body: CreateTask,
    @IdempotencyKey() idempotencyKey?: string,
  ): Promise<Versioned<TaskResponse>> {
    return this.tasks.create(ownerId, body, idempotencyKey);
  }

  @Get()
  @Scopes('tasks:read')
  @ApiOkResponse({ standardSchema: taskPageSchema })
  findAll(@Owner() ownerId: string, @Query({ schema: findTasksSchema }) query: FindTasks): Promise<TaskPage> {
    return this.tasks.findAll(ownerId, query);
  }

  @Get(':id')
  @Scopes('tasks:read')
  @ApiOkResponse({ standardSchema: taskSchema })
  @SendsETag()
  findOne(
    @Owner() ownerId: string,
    @Param('id', { schema: idSchema }) id: string,
  ): Promise<Versioned<TaskResponse>> {
    return this.tasks.findOne(ownerId, id);
  }

  @Patch(':id')
  @Scopes('tasks:write')
  @ApiOkResponse({ standardSchema: taskSchema })
  @SendsETag()
  update(
    @Owner() ownerId: string,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: updateTaskSchema }) body: UpdateTask,
    @IfMatch() expectedVersions?: number[],
  ): Promise<Versioned<TaskResponse>> {
    return this.tasks.update(ownerId, id, body, expectedVersions);
  }

  @Delete(':id')
  @Scopes('tasks:write')
  @HttpCode(204)
  remove(
    @Owner() ownerId: string,
    @Param('id', { schema: idSchema }) id: string,
    @IfMatch() expectedVersions?: number[],
  ): Promise<void> {
    return this.tasks.remove(ownerId, id, expectedVersions);
  }
}
