const closers: (() => Promise<unknown>)[] = [];

/** Registers `close` for `teardown`. Returns a function that closes earlier and only once. */
export function closeAfterTests(close: () => Promise<unknown>): () => Promise<void> {
  let closing: Promise<unknown> | undefined;
  const closeOnce = async () => void (await (closing ??= close()));
  closers.push(closeOnce);
  return closeOnce;
}

/** Closes everything in reverse order. Every test file calls it with `afterAll`. */
export async function teardown(): Promise<void> {
  while (closers.length > 0) {
    await closers.pop()!();
  }
}
