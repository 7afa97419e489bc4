import { useEffect, useState } from 'react';

const oneMinuteMs = 60_000;

/** Returns the time and updates every minute: a page that shows "Today" may stay open overnight. */
export function useNow(): Date {
  const [now, setNow] = useState(() => new Date());

  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), oneMinuteMs);
    return () => clearInterval(timer);
  }, []);

  return now;
}
