/**
 * Returns a trailing single-flight version of `task`: at most one run at a time. Callers that arrive during a run share
 * the next one, so that nobody gets a result that is older than their call.
 */
export function singleFlight<T>(task: () => Promise<T>): () => Promise<T> {
  let running: Promise<void> | undefined;
  let next: Promise<T> | undefined;

  const run = (): Promise<T> => {
    next = undefined;
    const result = task();
    const onSettled = () => {
      running = undefined;
    };
    running = result.then(onSettled, onSettled);
    return result;
  };

  return () => {
    if (running) {
      next ??= running.then(run);
    }
    return next ?? run();
  };
}
