const closers: (() => Promise<unknown>)[] = [];

/** Has something closed at the end of the test file, also where a test failed; answers how to do so earlier. */
export function closeAfterTests(close: () => Promise<unknown>): () => Promise<void> {
  let closing: Promise<unknown> | undefined;
  const once = async () => void (await (closing ??= close()));
  closers.push(once);
  return once;
}

/** Closes what was opened, last things first. Each test file ends with it. */
export async function teardown(): Promise<void> {
  while (closers.length > 0) await closers.pop()!();
}
