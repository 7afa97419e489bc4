import { z } from 'zod';
import { text, timestamp, trimmedText } from '../../http/fields.js';

export const taskFields = {
  title: trimmedText({ min: 1, max: 200 }),
  description: text({ max: 10_000 }).nullable(),
  completed: z.boolean(),
  dueAt: timestamp().nullable(),
};

export const createTaskSchema = z
  .strictObject({
    title: taskFields.title,
    description: taskFields.description.default(null),
    completed: taskFields.completed.default(false),
    dueAt: taskFields.dueAt.default(null),
  })
  .meta({ id: 'CreateTask' });

export type CreateTaskDto = z.infer<typeof createTaskSchema>;
