import { z } from 'zod';
import {
  idSchema,
  pageQueryFields,
  pageSchema,
  plainText,
  queryBoolean,
  timestamp,
  trimmedText,
} from '../http/field.schemas.js';

const taskFields = {
  title: trimmedText({ min: 1, max: 200 }),
  description: plainText({ max: 10_000 }).nullable(),
  completed: z.boolean(),
  dueAt: timestamp().nullable(),
};

export const taskSchema = z
  .strictObject({
    id: idSchema,
    title: z.string(),
    description: z.string().nullable(),
    completed: z.boolean(),
    dueAt: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Task' });

export type TaskResponse = z.infer<typeof taskSchema>;

export const taskPageSchema = pageSchema(taskSchema).meta({ id: 'TaskPage' });

export type TaskPage = z.infer<typeof taskPageSchema>;

export const createTaskSchema = z
  .strictObject({
    title: taskFields.title,
    description: taskFields.description.default(null),
    completed: taskFields.completed.default(false),
    dueAt: taskFields.dueAt.default(null),
  })
  .meta({ id: 'CreateTask' });

export type CreateTask = z.infer<typeof createTaskSchema>;

export const updateTaskSchema = z.strictObject(taskFields).partial().meta({ id: 'UpdateTask' });

export type UpdateTask = z.infer<typeof updateTaskSchema>;

export const findTasksSchema = z.strictObject({
  ...pageQueryFields,
  completed: queryBoolean().optional(),
  dueAfter: timestamp().optional(),
  dueBefore: timestamp().optional(),
  search: plainText({ max: 200 }).optional(),
  sort: z.enum(['createdAt', '-createdAt', 'dueAt', '-dueAt', 'title', '-title']).default('-createdAt'),
});

export type FindTasks = z.infer<typeof findTasksSchema>;
