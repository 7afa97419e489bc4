import { Task } from '../src/tasks/task.entity.js';
import type { List } from './measured-repository.js';

/** Lists of tasks whose pages must all cost the same: every sort order, of all tasks and of the open ones. */
export const taskLists: List<Task>[] = (
  ['createdAt', '-createdAt', 'dueAt', '-dueAt', 'title', '-title'] as const
).flatMap((sort) => [{ sort }, { sort, where: { completed: false } }]);
