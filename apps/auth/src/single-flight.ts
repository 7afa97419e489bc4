/**
 * Runs `task` once for all who wait for it. Who comes while it runs shares the next run, never one that began before they
 * came: the result is as fresh as that of a run of one's own.
 */
export function singleFlight<T>(task: () => Promise<T>): () => Promise<T> {
  let running: Promise<void> | undefined;
  let next: Promise<T> | undefined;

  const run = (): Promise<T> => {
    next = undefined;
    const result = task();
    const ended = () => {
      running = undefined;
    };
    running = result.then(ended, ended);
    return result;
  };

  return () => {
    if (running) next ??= running.then(run);
    return next ?? run();
  };
}
