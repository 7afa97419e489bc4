import { parseISO } from 'date-fns';

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const dayAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Returns a calendar date, or the local day of a timestamp, in the user's language. */
export function formatDate(date: string): string {
  return day.format(parseISO(date));
}

/** Returns a time in the user's language and time zone. */
export function formatDateTime(timestamp: string): string {
  return dayAndTime.format(parseISO(timestamp));
}

/** `In progress`, for the value `in_progress` */
export function toWords(value: string): string {
  const words = value.replaceAll(/[-_]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
