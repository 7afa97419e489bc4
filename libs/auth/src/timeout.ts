/**
 * Settles like `work`, or rejects with `createError()` after `timeoutMs`, even if `work` ignores the signal.
 * `AbortSignal.timeout()` is not used because it never fires once it has been garbage-collected.
 */
export async function withTimeout<R>(
  timeoutMs: number,
  createError: () => Error,
  work: (signal: AbortSignal) => Promise<R>,
): Promise<R> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(createError());
      controller.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([work(controller.signal), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
