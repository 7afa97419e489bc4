import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until a server says that it is ready. */
export async function untilReady(url: string, timeoutMs = 60_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    const ready = await fetch(`${url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return;
    await sleep(50);
  }
  throw new Error(`${url} does not become ready.`);
}
