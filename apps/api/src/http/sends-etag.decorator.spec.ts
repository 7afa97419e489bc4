import { expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import fastify from 'fastify';
import { Versioned } from '../database/owned-repository.js';
import { registerETags } from './sends-etag.decorator.js';

it.each([
  ['/api/tasks', 201, '/api/tasks/1'],
  ['/api/tasks/a%20b/comments', 201, '/api/comments/1'],
  ['/api/tasks/a%20b/files', 201, '/api/tasks/a%20b/files/1'],
  ['/api/tasks/a/copies', 201, undefined],
  ['/api/tasks/a/complete', 200, undefined],
])('sends the Location of a row that POST %s creates with %i: %s', async (url, status, location) => {
  const server = fastify();
  registerETags({
    getHttpAdapter: () => ({ getInstance: () => server }),
  } as unknown as NestFastifyApplication);
  const post = (path: string) =>
    server.post(path, { config: { sendsETag: true } }, (_, reply) =>
      reply.code(status).send(new Versioned({ id: '1' }, 2)),
    );
  ['/api/tasks', '/api/tasks/:taskId/comments', '/api/tasks/:taskId/files', '/api/tasks/:id/copies'].forEach(
    post,
  );
  post('/api/tasks/:id/complete');
  for (const path of ['/api/tasks/:id', '/api/comments/:id', '/api/tasks/:task/files/:id']) {
    server.get(path, () => ({}));
  }
  const { headers } = await server.inject({ method: 'POST', url });
  expect([headers.etag, headers.location]).toEqual(['"2"', location]);
});
