import { differenceInCalendarDays } from 'date-fns/differenceInCalendarDays';

/** How a due date reads next to a task. */
export interface DueLabel {
  text: string;
  urgency: 'overdue' | 'today' | 'tomorrow' | 'later';
}

const weekday = new Intl.DateTimeFormat('en', { weekday: 'long' });
const day = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' });
const dayAndYear = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' });

/** @param now from when it is seen */
export function getDueLabel(dueAt: string, now = new Date()): DueLabel {
  const due = new Date(dueAt);
  const days = differenceInCalendarDays(due, now);
  if (due < now) return { text: `Overdue · ${nameOf(due, days, now)}`, urgency: 'overdue' };
  const urgency = days === 0 ? 'today' : days === 1 ? 'tomorrow' : 'later';
  return { text: nameOf(due, days, now), urgency };
}

function nameOf(due: Date, days: number, now: Date): string {
  if (days === -1) return 'Yesterday';
  if (days === 0) return 'Today';
  if (days === 1) return 'Tomorrow';
  if (days > 1 && days < 7) return weekday.format(due);
  return due.getFullYear() === now.getFullYear() ? day.format(due) : dayAndYear.format(due);
}
