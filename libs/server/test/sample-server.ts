import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { expect } from '@jest/globals';
import { createServer, type ServerOptions } from '../src/index.js';
import { SampleModule } from './sample-app.js';

const apps: NestFastifyApplication[] = [];

/** The sample app in this process, on a free port. */
export async function startSample(
  options: Partial<ServerOptions> = {},
  prepare: (app: NestFastifyApplication) => void = () => {},
) {
  const app = await createServer(SampleModule, {
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

/** Sends bytes as they are, and answers all that comes back. */
export async function raw(port: number, bytes: string | Buffer): Promise<string> {
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

/** The problem that an answer is, with everything that every problem has. */
export async function problemIn(answer: Response): Promise<Problem> {
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(answer.headers.get('x-request-id')).toMatch(/^[A-Za-z0-9._-]{1,128}$/);
  const body = (await answer.json()) as Problem;
  expect(body).toMatchObject({ type: 'about:blank', title: expect.any(String), status: answer.status });
  expect(body.detail).toMatch(/./);
  return body;
}
