import { useCallback, useState } from 'react';

/**
 * Observes whether an element is in the viewport.
 *
 * @param rootMargin enlarges the viewport, as for an IntersectionObserver
 * @returns a ref callback for the element and whether it is in view
 */
export function useInView(rootMargin: string) {
  const [isInView, setIsInView] = useState(false);
  const ref = useCallback(
    (element: HTMLElement | null) => {
      if (!element) {
        return;
      }
      const observer = new IntersectionObserver(([entry]) => setIsInView(entry?.isIntersecting ?? false), {
        rootMargin,
      });
      observer.observe(element);
      return () => observer.disconnect();
    },
    [rootMargin],
  );
  return [ref, isInView] as const;
}
