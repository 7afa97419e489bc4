import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.js';
import { Task } from './task.entity.js';
import { TasksController } from './tasks.controller.js';
import { TasksService } from './tasks.service.js';

@Module({
  imports: [DatabaseModule.forFeature(Task)],
  controllers: [TasksController],
  providers: [TasksService],
})
export class TasksModule {}
