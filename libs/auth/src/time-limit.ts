/**
 * Settles as `work` does, or rejects with what `late` makes when that takes too long, whether `work` listens to the
 * signal or not. (AbortSignal.timeout() can be collected as garbage before it fires, and then never does.)
 */
export async function withTimeLimit<R>(
  milliseconds: number,
  late: () => Error,
  work: (signal: AbortSignal) => Promise<R>,
): Promise<R> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(late());
      controller.abort();
    }, milliseconds);
  });
  try {
    return await Promise.race([work(controller.signal), limit]);
  } finally {
    clearTimeout(timer);
  }
}
