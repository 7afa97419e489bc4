import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningApi, startApi } from './running-api.js';

const SCOPED = { typ: 'scoped+jwt' };

let api: RunningApi;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

describe('a token of the type scoped+jwt', () => {
  it('reads tasks with tasks:read, and changes none', async () => {
    const ada = await api.as('ada', { scope: 'tasks:read' }, SCOPED);
    await ada.get('/api/tasks').expect(200);
    const { body, headers } = await ada.post('/api/tasks').send({ title: 'Write' }).expect(403);
    expect(body).toMatchObject({ status: 403, detail: 'This route requires the scope tasks:write.' });
    expect(headers['www-authenticate']).toBe('Bearer error="insufficient_scope", scope="tasks:write"');
  });

  it('changes the rows of its user with tasks:write', async () => {
    const ada = await api.as('ada', { scope: 'tasks:write' }, SCOPED);
    const { body } = await ada.post('/api/tasks').send({ title: 'Write' }).expect(201);
    await ada.get(`/api/tasks/${body.id}`).expect(403);
    await ada.patch(`/api/tasks/${body.id}`).send({ completed: true }).expect(200);
    await ada.delete(`/api/tasks/${body.id}`).expect(204);
  });

  it('neither reads the profile nor deletes the data of its user', async () => {
    const ada = await api.as('ada', { scope: 'tasks:read tasks:write me openid' }, SCOPED);
    const { body } = await ada.get('/api/me').expect(403);
    expect(body.detail).toBe('This route does not accept tokens that are limited to scopes.');
    await ada.delete('/api/me').expect(403);
  });

  it.each([[undefined], [null], [['tasks:read']]])('is rejected with the scope %j', async (scope) => {
    const ada = await api.as('ada', { scope }, SCOPED);
    await ada.get('/api/tasks').expect(401);
  });
});

describe('a token of another type', () => {
  it('has full access, whatever the issuer means by its scope', async () => {
    const ada = await api.as('ada', { scope: 'openid profile' }, { typ: 'at+jwt' });
    await ada.get('/api/tasks').expect(200);
    await ada.get('/api/me').expect(200);
  });

  it('is limited to its scopes if JWT_SCOPES is true', async () => {
    const strict = await startApi({ JWT_SCOPES: 'true' });
    try {
      const reader = await strict.as('ada', { scope: 'openid tasks:read' }, { typ: 'at+jwt' });
      await reader.get('/api/tasks').expect(200);
      await reader.post('/api/tasks').send({ title: 'Write' }).expect(403);
      await reader.get('/api/me').expect(403);
      const full = await strict.as('ada');
      await full.get('/api/me').expect(200);
    } finally {
      await strict.close();
    }
  });
});
