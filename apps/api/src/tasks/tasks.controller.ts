import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse } from '@nestjs/swagger';
import { type AuthUser, CurrentUser } from '@app/auth';
import { idSchema } from '../http/fields.js';
import { IdempotencyKey } from '../http/idempotency-key.decorator.js';
import { IfMatch } from '../http/if-match.decorator.js';
import { type CreateTaskDto, createTaskSchema } from './dto/create-task.dto.js';
import { type FindTasksDto, findTasksSchema } from './dto/find-tasks.dto.js';
import { taskPageSchema, taskSchema } from './dto/task.dto.js';
import { type UpdateTaskDto, updateTaskSchema } from './dto/update-task.dto.js';
import { TasksService } from './tasks.service.js';

@Controller('tasks')
export class TasksController {
  constructor(private readonly tasks: TasksService) {}

  @Post()
  @ApiCreatedResponse({ standardSchema: taskSchema })
  create(
    @CurrentUser() user: AuthUser,
    @Body({ schema: createTaskSchema }) dto: CreateTaskDto,
    @IdempotencyKey() idempotencyKey?: string,
  ) {
    return this.tasks.create(user.id, dto, idempotencyKey);
  }

  @Get()
  @ApiOkResponse({ standardSchema: taskPageSchema })
  findAll(@CurrentUser() user: AuthUser, @Query({ schema: findTasksSchema }) query: FindTasksDto) {
    return this.tasks.findAll(user.id, query);
  }

  @Get(':id')
  @ApiOkResponse({ standardSchema: taskSchema })
  findOne(@CurrentUser() user: AuthUser, @Param('id', { schema: idSchema }) id: string) {
    return this.tasks.findOne(user.id, id);
  }

  @Patch(':id')
  @ApiOkResponse({ standardSchema: taskSchema })
  update(
    @CurrentUser() user: AuthUser,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: updateTaskSchema }) dto: UpdateTaskDto,
    @IfMatch() versions?: number[],
  ) {
    return this.tasks.update(user.id, id, dto, versions);
  }

  @Delete(':id')
  @HttpCode(204)
  remove(
    @CurrentUser() user: AuthUser,
    @Param('id', { schema: idSchema }) id: string,
    @IfMatch() versions?: number[],
  ) {
    return this.tasks.remove(user.id, id, versions);
  }
}
