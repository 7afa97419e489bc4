import { endOfDay, format, parse } from 'date-fns';

const fieldFormat = 'yyyy-MM-dd';

/** The local day of a time, as a date field holds it; empty for none. */
export function toDateInput(dueAt: string | null): string {
  return dueAt === null ? '' : formatDay(new Date(dueAt));
}

/** The end of the day that a date field holds: a task that is due today is not overdue before midnight. */
export function fromDateInput(day: string): string | null {
  return day === '' ? null : endOfDay(parseDay(day)).toISOString();
}

export function formatDay(day: Date): string {
  return format(day, fieldFormat);
}

export function parseDay(day: string): Date {
  return parse(day, fieldFormat, new Date());
}
