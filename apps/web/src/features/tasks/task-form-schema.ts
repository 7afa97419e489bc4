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

export function toTaskForm(task: Task): TaskForm {
  return {
    completed: task.completed,
    title: task.title,
    notes: task.description ?? '',
    dueDay: toDateInput(task.dueAt),
  };
}

export function toTaskValues(form: TaskForm): Required<UpdateTask> {
  return {
    completed: form.completed,
    title: form.title,
    description: form.notes || null,
    dueAt: fromDateInput(form.dueDay),
  };
}

/** Returns the changed properties for a PATCH request, or `undefined` if nothing changed. */
export function changesBetween(before: TaskForm, after: TaskForm): UpdateTask | undefined {
  const old = toTaskValues(before);
  const changes = Object.entries(toTaskValues(after)).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(old[name as keyof typeof old]),
  );
  return changes.length > 0 ? Object.fromEntries(changes) : undefined;
}
