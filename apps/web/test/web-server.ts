import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { root } from '../../../tools/project.js';
import { Process } from './process.js';
import { freeOrigins, portOf, type System } from './system.js';

/** Starts the web app again, from the same build with another environment. */
export async function startWeb(system: System, changes: Record<string, string>) {
  const [url] = await freeOrigins(1);
  const web = new Process({
    program: `${root}/apps/web/start.mjs`,
    cwd: root,
    env: { ...system.webEnvironment, WEB_PORT: portOf(url), BETTER_AUTH_URL: url, ...changes },
    readyUrl: `${url}/health/ready`,
  });
  await web.start();
  return { url, port: Number(portOf(url)), stop: () => web.stop() };
}

/** Starts a fake auth server or API. */
export async function startUpstream(handler: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(handler);
  await once(server.listen(0, 'localhost'), 'listening');
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  return { url, stop: () => server.close() };
}
