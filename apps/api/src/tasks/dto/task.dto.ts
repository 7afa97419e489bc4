import { z } from 'zod';
import { idSchema, page } from '../../http/fields.js';

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

export const taskPageSchema = page(taskSchema).meta({ id: 'TaskPage' });
