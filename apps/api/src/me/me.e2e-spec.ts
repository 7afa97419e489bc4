import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type RunningApi, startApi } from '../../test/running-api.js';

let api: RunningApi;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

it('returns the id, email and name from the token', async () => {
  const ada = await api.as('ada');
  const { body } = await ada.get('/api/me').expect(200);
  expect(body).toEqual({ id: ada.id, email: 'ada@example.com', name: 'ada' });
});

it('returns null for claims that the token does not have', async () => {
  const machine = await api.as('machine', { email: undefined, name: undefined });
  const { body } = await machine.get('/api/me').expect(200);
  expect(body).toEqual({ id: machine.id, email: null, name: null });
});

it('returns 401 without a token', async () => {
  await api.anonymous.get('/api/me').expect(401);
  await api.anonymous.delete('/api/me').expect(401);
});

it("deletes every row of the user, keeps other users' rows, and can be repeated", async () => {
  const [ada, bob] = [await api.as('ada'), await api.as('bob')];
  for (const user of [ada, bob]) {
    await user.post('/api/tasks').set('Idempotency-Key', 'k').send({ title: 'a' }).expect(201);
  }
  await ada.delete('/api/me').expect(204);
  await ada.delete('/api/me').expect(204);
  const { body: hers } = await ada.get('/api/tasks').expect(200);
  const { body: his } = await bob.get('/api/tasks').expect(200);
  expect([hers.items.length, his.items.length]).toEqual([0, 1]);
  await ada.post('/api/tasks').set('Idempotency-Key', 'k').send({ title: 'another' }).expect(201);
});
