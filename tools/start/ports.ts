import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Children of a start that was killed need this long to notice. */
const patienceMs = 3_000;

export interface Port {
  variable: string;
  number: number;
}

/**
 * @throws Error naming the port and its variable, where a setting is no port number.
 */
export function readPort(settings: NodeJS.ProcessEnv, variable: string, byDefault: number): Port {
  const text = settings[variable] ?? String(byDefault);
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > 65_535) {
    throw new Error(`${variable} should be a port number, 1 to 65535.`);
  }
  return { variable, number };
}

/**
 * @throws Error where two parts of the system are given the same port, or another program listens on one.
 */
export async function checkPorts(ports: Port[]): Promise<void> {
  for (const [index, { variable, number }] of ports.entries()) {
    const same = ports.slice(0, index).find((port) => port.number === number);
    if (same)
      throw new Error(`${same.variable} and ${variable} are both ${number}: give each a port of its own.`);
  }
  const deadline = performance.now() + patienceMs;
  for (const port of ports) {
    while (await isTaken(port.number)) {
      if (performance.now() > deadline) {
        throw new Error(
          `Port ${port.number} is taken by another program: stop that one, or set ${port.variable} to a free port.`,
        );
      }
      await sleep(200);
    }
  }
}

async function isTaken(port: number): Promise<boolean> {
  const answers = await Promise.all([accepts('127.0.0.1', port), accepts('::1', port)]);
  return answers.includes(true) || !(await canListen(port));
}

async function accepts(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port);
    await once(server, 'listening');
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EADDRINUSE';
  } finally {
    server.close();
  }
}
