import { type ReactNode, useState } from 'react';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { cn } from '@/lib/cn';
import { fromDateInput } from '../date-input';
import { formatDueDate } from '../due-date';
import type { TaskForm } from '../task-form-schema';

interface TaskConflictProps {
  mine: TaskForm;
  theirs: TaskForm;
  onKeepMine: () => Promise<void>;
  onTakeTheirs: () => void;
}

/** Shows two versions of a task side by side. The user picks one. */
export function TaskConflict({ mine, theirs, onKeepMine, onTakeTheirs }: TaskConflictProps) {
  const [isSaving, setIsSaving] = useState(false);

  async function keepMine() {
    setIsSaving(true);
    await onKeepMine();
    setIsSaving(false);
  }

  return (
    <div className="grid gap-4">
      <Alert variant="destructive">
        This task was changed elsewhere while you were editing it. Which version do you want to keep?
      </Alert>
      <div className="grid gap-3 sm:grid-cols-2">
        <Version name="Your version" task={mine} other={theirs}>
          <Button loading={isSaving} onClick={keepMine}>
            Keep mine
          </Button>
        </Version>
        <Version name="Saved version" task={theirs} other={mine}>
          <Button variant="outline" onClick={onTakeTheirs}>
            Use the saved version
          </Button>
        </Version>
      </div>
    </div>
  );
}

interface VersionProps {
  name: string;
  task: TaskForm;
  other: TaskForm;
  children: ReactNode;
}

/** How each field of the form is shown, in this order. */
const fields: Record<keyof TaskForm, { label: string; text: (task: TaskForm) => ReactNode }> = {
  completed: { label: 'Done', text: ({ completed }) => (completed ? 'Yes' : 'No') },
  title: { label: 'Title', text: ({ title }) => title },
  notes: { label: 'Notes', text: ({ notes }) => notes || 'None' },
  dueDay: { label: 'Due date', text: ({ dueDay }) => formatDay(dueDay) },
};

function formatDay(dueDay: string): string {
  const dueAt = fromDateInput(dueDay);
  return dueAt ? formatDueDate(dueAt) : 'None';
}

function Version({ name, task, other, children }: VersionProps) {
  return (
    <section aria-label={name} className="flex flex-col gap-4 rounded-xl border p-4">
      <h3 className="text-sm font-semibold">{name}</h3>
      <dl className="grid grow content-start gap-3 text-sm">
        {Object.entries(fields).map(([field, { label, text }]) => (
          <div key={field}>
            <dt className="text-muted-foreground">{label}</dt>
            <dd
              className={cn(
                'max-h-32 overflow-y-auto whitespace-pre-wrap wrap-anywhere',
                JSON.stringify(task[field as keyof TaskForm]) !==
                  JSON.stringify(other[field as keyof TaskForm]) &&
                  '-mx-1.5 mt-0.5 rounded-md bg-primary-soft px-1.5 py-0.5 font-medium',
              )}
            >
              {text(task)}
            </dd>
          </div>
        ))}
      </dl>
      {children}
    </section>
  );
}
