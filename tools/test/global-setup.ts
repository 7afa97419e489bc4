import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

declare global {
  var testServer: ChildProcess | undefined;
}

/** Starts the PostgreSQL server in which each test file creates its own databases. */
export default async function globalSetup({ rootDir }: { rootDir: string }): Promise<void> {
  const server = fork('tools/run.js', ['tools/test/test-server.ts'], {
    cwd: rootDir,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  globalThis.testServer = server;
  const [message] = (await Promise.race([once(server, 'message'), once(server, 'exit')])) as [
    Settings | number,
  ];
  if (typeof message !== 'object' || !message) {
    throw new Error('The database server of the tests failed to start.');
  }
  for (const name of message.unset) {
    delete process.env[name];
  }
  Object.assign(process.env, message.set);
}

interface Settings {
  set: Record<string, string>;
  /** The developer's own settings. */
  unset: string[];
}
