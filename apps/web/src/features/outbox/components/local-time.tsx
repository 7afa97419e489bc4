'use client';

import { useHydrated } from '@/lib/hooks/use-hydrated';

/** A time in the time zone and language of the browser, which the server doesn't know. */
export function LocalTime({ time }: { time: string }) {
  const isHydrated = useHydrated();
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
  return <time dateTime={time}>{isHydrated ? format.format(new Date(time)) : time}</time>;
}
