import { z } from 'zod';
import { flag, pageFields, text } from '../../http/fields.js';

export const findTasksSchema = z.strictObject({
  ...pageFields,
  completed: flag().optional(),
  search: text({ max: 200 }).optional(),
  sort: z.enum(['createdAt', '-createdAt', 'dueAt', '-dueAt', 'title', '-title']).default('-createdAt'),
});

export type FindTasksDto = z.infer<typeof findTasksSchema>;
