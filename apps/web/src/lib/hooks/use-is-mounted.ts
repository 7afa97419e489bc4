import { type RefObject, useEffect, useRef } from 'react';

/** Returns a ref that turns false on unmount, for async work that must not navigate once the user has left. */
export function useIsMounted(): RefObject<boolean> {
  const isMounted = useRef(true);

  useEffect(() => {
    isMounted.current = true;
    return () => {
      isMounted.current = false;
    };
  }, []);

  return isMounted;
}
