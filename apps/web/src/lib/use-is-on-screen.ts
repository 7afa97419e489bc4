import { type RefObject, useEffect, useRef } from 'react';

/** Whether the component is still there: what ends later must lead nobody elsewhere. */
export function useIsOnScreen(): RefObject<boolean> {
  const isOnScreen = useRef(true);

  useEffect(() => {
    isOnScreen.current = true;
    return () => {
      isOnScreen.current = false;
    };
  }, []);

  return isOnScreen;
}
