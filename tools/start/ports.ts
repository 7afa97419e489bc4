import { setTimeout as sleep } from 'node:timers/promises';
import { isPortInUse } from '../port-in-use.js';

/** After `npm start` was killed, its child processes need a moment to exit. */
const waitForPortMs = 3_000;

export interface Port {
  variable: string;
  number: number;
}

/**
 * Reads the number of a port from its variable.
 *
 * @throws Error if the value is not a port number.
 */
export function readPort(settings: NodeJS.ProcessEnv, variable: string, defaultPort: number): Port {
  const text = settings[variable] ?? String(defaultPort);
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > 65_535) {
    throw new Error(`${variable} must be a port number from 1 to 65535.`);
  }
  return { variable, number };
}

/**
 * Checks that the ports are free and distinct.
 *
 * @throws Error if two variables have the same port, or other programs listen on some of them: it names all of those.
 */
export async function checkPorts(ports: Port[]): Promise<void> {
  for (const [index, { variable, number }] of ports.entries()) {
    const same = ports.slice(0, index).find((port) => port.number === number);
    if (same) {
      throw new Error(`${same.variable} and ${variable} are both ${number}. Set them to different ports.`);
    }
  }
  const deadline = performance.now() + waitForPortMs;
  const busy: Port[] = [];
  for (const port of ports) {
    while (await isPortInUse(port.number)) {
      if (performance.now() > deadline) {
        busy.push(port);
        break;
      }
      await sleep(200);
    }
  }
  if (busy.length > 0) {
    throw new Error(
      busy
        .map(
          ({ variable, number }) =>
            `Port ${number} is in use. Stop the program that uses it, or set ${variable} in .env to a free port.`,
        )
        .join('\n'),
    );
  }
}
