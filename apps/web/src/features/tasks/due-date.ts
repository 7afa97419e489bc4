import { differenceInCalendarDays } from 'date-fns/differenceInCalendarDays';

export interface DueLabel {
  text: string;
  urgency: 'overdue' | 'today' | 'tomorrow' | 'later';
}

const weekday = new Intl.DateTimeFormat('en', { weekday: 'long' });
const day = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' });
const dayAndYear = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' });

/** Returns the text next to a task: "Today", "Monday", "Overdue · May 4". */
export function getDueLabel(dueAt: string, now = new Date()): DueLabel {
  const due = new Date(dueAt);
  const days = differenceInCalendarDays(due, now);
  if (due < now) {
    return { text: `Overdue · ${formatDue(due, days, now)}`, urgency: 'overdue' };
  }
  const urgency = days === 0 ? 'today' : days === 1 ? 'tomorrow' : 'later';
  return { text: formatDue(due, days, now), urgency };
}

function formatDue(due: Date, days: number, now: Date): string {
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
