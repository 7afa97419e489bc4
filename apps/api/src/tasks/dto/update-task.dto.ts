import { z } from 'zod';
import { taskFields } from './create-task.dto.js';

export const updateTaskSchema = z.strictObject(taskFields).partial().meta({ id: 'UpdateTask' });

export type UpdateTaskDto = z.infer<typeof updateTaskSchema>;
