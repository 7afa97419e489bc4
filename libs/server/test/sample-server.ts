import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { expect } from '@jest/globals';
import { createServer, type ServerOptions } from '../src/index.js';
import { SampleModule } from './sample-app.js';

const apps: NestFastifyApplication[] = [];

/** Starts the sample app in this process, on a free port. */
export async function startSample(
  options: Partial<ServerOptions> = {},
  prepare: (app: NestFastifyApplication) => void = () => {},
) {
  const { app } = await createServer(SampleModule, {
    name: 'sample',
    logLevel: 'silent',
    production: true,
    readiness: { part: async () => {} },
    ...options,
  });
  prepare(app);
  await app.listen(0, '127.0.0.1');
  apps.push(app);
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, port, url: `http://127.0.0.1:${port}` };
}

export const stopSamples = () => Promise.all(apps.splice(0).map((app) => app.close()));

/** Sends raw bytes and returns everything that the server sends back. */
export async function sendRaw(port: number, bytes: string | Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(bytes);
  return text(socket);
}

export interface Problem {
  title: string;
  status: number;
  detail: string;
  instance: string;
  errors: Record<string, string>[];
}

/** Asserts that a response is a problem with all standard members, and returns it. */
export async function expectProblem(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(response.headers.get('x-request-id')).toMatch(/^[A-Za-z0-9._-]{1,128}$/);
  const body = (await response.json()) as Problem;
  expect(body).toMatchObject({ type: 'about:blank', title: expect.any(String), status: response.status });
  expect(body.detail).toMatch(/./);
  return body;
}
