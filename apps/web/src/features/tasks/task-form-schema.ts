import type { Task, UpdateTask } from '@app/api-client';
import { z } from 'zod';
import { fromDateInput, toDateInput } from './date-input';
import { countCharacters, validateTitle } from './task-title';

const maxNotesLength = 10_000;

export const invalidDateMessage = 'Enter a valid date.';

/** The values of the form. `dueDay` is the value of a date input: empty for no date. */
export const taskFormSchema = z.object({
  completed: z.boolean(),
  title: z
    .string()
    .trim()
    .superRefine((title, context) => {
      const message = validateTitle(title);
      if (message) {
        context.addIssue({ code: 'custom', message });
      }
    }),
  notes: z
    .string()
    .refine((notes) => countCharacters(notes) <= maxNotesLength, 'Use at most 10,000 characters.'),
  dueDay: z.string().regex(/^(\d{4}-\d{2}-\d{2})?$/, invalidDateMessage),
});

export type TaskForm = z.infer<typeof taskFormSchema>;

export function toTaskForm({ title, description, completed, dueAt }: Task): TaskForm {
  return { completed, title, notes: description ?? '', dueDay: toDateInput(dueAt) };
}

/** Returns the changed properties for a PATCH request, or `undefined` if nothing changed. */
export function changesBetween(before: TaskForm, after: TaskForm): UpdateTask | undefined {
  const changes: UpdateTask = {};
  if (after.completed !== before.completed) {
    changes.completed = after.completed;
  }
  if (after.title !== before.title) {
    changes.title = after.title;
  }
  if (after.notes !== before.notes) {
    changes.description = after.notes || null;
  }
  if (after.dueDay !== before.dueDay) {
    changes.dueAt = fromDateInput(after.dueDay);
  }
  return Object.keys(changes).length > 0 ? changes : undefined;
}
