import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until the readiness check of a server succeeds. */
export async function waitUntilReady(url: string, timeoutMs = 60_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    const ready = await fetch(`${url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) {
      return;
    }
    await sleep(50);
  }
  throw new Error(`${url} is not ready after ${timeoutMs} ms.`);
}
