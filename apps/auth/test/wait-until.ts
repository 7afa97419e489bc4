/** Waits until `condition` is true, and fails after 45 s. */
export async function waitUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 45_000;
  while (!(await condition())) {
    if (performance.now() > deadline) {
      throw new Error('The condition was not met within 45 s.');
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
