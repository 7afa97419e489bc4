import { endOfDay, format, parse } from 'date-fns';

const inputFormat = 'yyyy-MM-dd';

/** Returns the local day of a time as the value of a date input, or an empty string. */
export function toDateInput(dueAt: string | null): string {
  return dueAt === null ? '' : formatDay(new Date(dueAt));
}

/** Returns the end of the local day: a task that is due today is not overdue before midnight. */
export function fromDateInput(day: string): string | null {
  return day === '' ? null : endOfDay(parseDay(day)).toISOString();
}

export function formatDay(day: Date): string {
  return format(day, inputFormat);
}

export function parseDay(day: string): Date {
  return parse(day, inputFormat, new Date());
}
