import { once } from 'node:events';

export default async function globalTeardown(): Promise<void> {
  const server = globalThis.testServer;
  if (!server?.connected) {
    return;
  }
  const stopped = once(server, 'exit');
  server.disconnect();
  await stopped;
}
