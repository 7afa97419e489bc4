import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { DynamicModule } from '@nestjs/common';
import { AuthModule } from '@app/auth';
import type { Environment } from '../src/config/env.js';
import { type RunningApi, startApi } from './running-api.js';

const MAX_ROWS = 3;

let api: RunningApi;

beforeAll(async () => {
  api = await startApi({ OWNER_MAX_ROWS: String(MAX_ROWS) }, undefined, withOrganizations);
});

afterAll(() => api.close());

/** Lets the claim `org` decide who owns the rows. */
function withOrganizations(module: DynamicModule, env: Environment): DynamicModule {
  const auth = AuthModule.forRoot({
    jwksUrl: env.JWKS_URL,
    issuer: env.JWT_ISSUER,
    audience: env.JWT_AUDIENCE,
    organization: ({ org }) => org as string | undefined,
  });
  const others = module.imports!.filter((imported) => (imported as DynamicModule).module !== AuthModule);
  return { ...module, imports: [auth, ...others] };
}

it('shares rows between the members of an organization, and with nobody else', async () => {
  const org = randomUUID();
  const [ada, bob] = [await api.as('ada', { org }), await api.as('bob', { org })];
  const { body: task } = await ada.post('/api/tasks').send({ title: 'a' }).expect(201);
  await bob.patch(`/api/tasks/${task.id}`).send({ completed: true }).expect(200);
  const { body } = await bob.get('/api/tasks').expect(200);
  expect(body.items).toHaveLength(1);
  for (const claims of [{}, { org: randomUUID() }, { sub: ada.id }, { sub: org }]) {
    const other = await api.as('eve', claims);
    expect((await other.get('/api/tasks').expect(200)).body.items).toEqual([]);
    await other.get(`/api/tasks/${task.id}`).expect(404);
    await other.delete(`/api/tasks/${task.id}`).expect(404);
  }
});

it('rejects a sub that is equal to the owner of an organization', async () => {
  const intruder = await api.as('eve', { sub: `org:${randomUUID()}` });
  await intruder.get('/api/tasks').expect(401);
});

it("rejects a cursor of another owner's list", async () => {
  const org = randomUUID();
  const [ada, personal] = [await api.as('ada', { org }), await api.as('ada')];
  for (const title of ['a', 'b']) {
    await ada.post('/api/tasks').send({ title }).expect(201);
  }
  const { body } = await ada.get('/api/tasks?limit=1').expect(200);
  await personal.get('/api/tasks').query({ limit: 1, cursor: body.nextCursor }).expect(400);
});

it('lets two members use the same idempotency key', async () => {
  const org = randomUUID();
  const [ada, bob] = [await api.as('ada', { org }), await api.as('bob', { org })];
  const create = (user: typeof ada, title: string) =>
    user.post('/api/tasks').set('Idempotency-Key', 'key').send({ title }).expect(201);
  const { body: hers } = await create(ada, 'a');
  const { body: his } = await create(bob, 'b');
  expect(his.title).toBe('b');
  expect((await create(ada, 'a')).body.id).toBe(hers.id);
  expect((await create(bob, 'b')).body.id).toBe(his.id);
});

it('counts the rows of all members towards one quota', async () => {
  const org = randomUUID();
  const [ada, bob] = [await api.as('ada', { org }), await api.as('bob', { org })];
  for (let index = 0; index < MAX_ROWS; index += 1) {
    await ada.post('/api/tasks').send({ title: 'a' }).expect(201);
  }
  await bob.post('/api/tasks').send({ title: 'a' }).expect(409);
  const personal = await api.as('personal', { sub: bob.id });
  await personal.post('/api/tasks').send({ title: 'a' }).expect(201);
});

it('limits the rate of each member on its own', async () => {
  const limited = await startApi({ RATE_LIMIT_PER_MINUTE: '1' }, undefined, withOrganizations);
  const org = randomUUID();
  const [ada, bob] = [await limited.as('ada', { org }), await limited.as('bob', { org })];
  await ada.get('/api/tasks').expect(200);
  await ada.get('/api/tasks').expect(429);
  await bob.get('/api/tasks').expect(200);
  await limited.close();
});

it("deletes only the user's own rows with the account", async () => {
  const org = randomUUID();
  const member = await api.as('ada', { org });
  const personal = await api.as('ada', { sub: member.id });
  const { body: shared } = await member.post('/api/tasks').send({ title: 'shared' }).expect(201);
  const { body: own } = await personal.post('/api/tasks').send({ title: 'own' }).expect(201);
  await member.delete('/api/me').expect(204);
  await member.get(`/api/tasks/${shared.id}`).expect(200);
  await personal.get(`/api/tasks/${own.id}`).expect(404);
});
