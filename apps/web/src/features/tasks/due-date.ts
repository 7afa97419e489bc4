import { addDays } from 'date-fns/addDays';
import { differenceInCalendarDays } from 'date-fns/differenceInCalendarDays';
import { endOfDay } from 'date-fns/endOfDay';

/** Due dates that are set with one click. */
export const quickPicks = [
  { label: 'Today', days: 0 },
  { label: 'Tomorrow', days: 1 },
  { label: 'Next week', days: 7 },
];

/** Returns the end of a local day: a task that is due today is not overdue before midnight. */
export function dueInDays(days: number): string {
  return endOfDay(addDays(new Date(), days)).toISOString();
}

export interface DueLabel {
  text: string;
  urgency: 'overdue' | 'today' | 'tomorrow' | 'later';
}

// In the language and date order of the browser, like the browser's own date fields.
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'long' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const dayAndYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });

/** Returns the label next to a task: "Today", "Monday", "Overdue · 4 May". Only open tasks are overdue. */
export function getDueLabel(
  { dueAt, completed }: { dueAt: string; completed: boolean },
  now = new Date(),
): DueLabel {
  const text = formatDueDate(dueAt, now);
  if (completed) {
    return { text, urgency: 'later' };
  }
  if (new Date(dueAt) < now) {
    return { text: `Overdue · ${text}`, urgency: 'overdue' };
  }
  const days = differenceInCalendarDays(dueAt, now);
  return { text, urgency: days === 0 ? 'today' : days === 1 ? 'tomorrow' : 'later' };
}

export function formatDueDate(dueAt: string, now = new Date()): string {
  const due = new Date(dueAt);
  const days = differenceInCalendarDays(due, now);
  if (days === -1) {
    return 'Yesterday';
  }
  if (days === 0) {
    return 'Today';
  }
  if (days === 1) {
    return 'Tomorrow';
  }
  if (days > 1 && days < 7) {
    return weekday.format(due);
  }
  return due.getFullYear() === now.getFullYear() ? day.format(due) : dayAndYear.format(due);
}
