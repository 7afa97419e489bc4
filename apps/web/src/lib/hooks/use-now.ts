import { useEffect, useState } from 'react';

const minuteMs = 60_000;

/** The time, to the minute, for what reads "today": a page may stay open overnight. */
export function useNow(): Date {
  const [now, setNow] = useState(() => new Date());

  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), minuteMs);
    return () => clearInterval(timer);
  }, []);

  return now;
}
