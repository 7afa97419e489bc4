import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PeriodicJobs } from '../src/system/periodic-jobs.service.js';
import { SystemDatabase } from '../src/system/system-database.service.js';
import { Task } from '../src/tasks/task.entity.js';
import { type RunningApi, startApi } from './running-api.js';

let api: RunningApi;
/** Another process on the same database. */
let otherApi: RunningApi;
let limitedApi: RunningApi;

beforeAll(async () => {
  api = await startApi();
  limitedApi = await startApi({ OWNER_MAX_ROWS: '2' });
  otherApi = await startApi({ DATABASE_URL: api.databaseUrl });
});

afterAll(async () => {
  await otherApi.close();
  await limitedApi.close();
  await api.close();
});

const hourly = (name: string) => ({ name, periodSeconds: 3_600 });

describe('SystemDatabase', () => {
  it('sees the rows of all owners, and logs the reason', async () => {
    const log = jest.spyOn(Logger.prototype, 'log').mockImplementation(() => {});
    const owners = [await api.as('ada'), await api.as('bob')];
    for (const owner of owners) {
      await owner.post('/api/tasks').send({ title: 'Write' }).expect(201);
    }
    const rows = await api
      .get(SystemDatabase)
      .run('count the tasks of each owner', (manager) => manager.query('SELECT owner_id FROM tasks'));
    expect(rows).toHaveLength(2);
    expect(log).toHaveBeenCalledWith('Query across owners: count the tasks of each owner');
    log.mockRestore();
  });

  it('changes the ETags of the rows that it changes', async () => {
    const ada = await api.as('ada');
    const { body: task, headers } = await ada.post('/api/tasks').send({ title: 'Write' }).expect(201);
    await api
      .get(SystemDatabase)
      .run('complete a task', (manager) => manager.update(Task, { id: task.id }, { completed: true }));
    await ada
      .patch(`/api/tasks/${task.id}`)
      .set('If-Match', headers.etag!)
      .send({ title: 'Read' })
      .expect(412);
    const changed = await ada.get(`/api/tasks/${task.id}`).expect(200);
    expect(changed.headers.etag).toBe('"2"');
    expect(changed.body.updatedAt > task.updatedAt).toBe(true);
  });

  it('counts its changes towards the quota of each owner, which does not limit them', async () => {
    const [ada, bob] = [await limitedApi.as('ada'), await limitedApi.as('bob')];
    for (const owner of [ada, ada, bob]) {
      await owner.post('/api/tasks').send({ title: 'Write' }).expect(201);
    }
    await ada.post('/api/tasks').send({ title: 'Write' }).expect(409);
    await limitedApi.get(SystemDatabase).run('replace tasks', async (manager) => {
      await manager.delete(Task, { ownerId: ada.id });
      for (let index = 0; index < 3; index += 1) {
        await manager.insert(Task, { ownerId: bob.id, title: 'Read' });
      }
    });
    await ada.post('/api/tasks').send({ title: 'Write' }).expect(201);
    await bob.post('/api/tasks').send({ title: 'Write' }).expect(409);
  });

  it('inserts no row without an owner', async () => {
    const insert = api
      .get(SystemDatabase)
      .run('insert a task', (manager) => manager.insert(Task, { title: 'Write' }));
    await expect(insert).rejects.toThrow('null value in column "owner_id"');
  });
});

describe('PeriodicJobs', () => {
  it('runs a job once per period in all processes together', async () => {
    const options = hourly(randomUUID());
    const work = jest.fn(async () => {
      await sleep(50);
    });
    const runs = await Promise.all(
      [api, otherApi, api, otherApi].map((process) => process.get(PeriodicJobs).runOnce(options, work)),
    );
    expect(runs.filter(Boolean)).toHaveLength(1);
    expect(await api.get(PeriodicJobs).runOnce(options, work)).toBe(false);
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('runs a job again in the next period', async () => {
    const options = { name: randomUUID(), periodSeconds: 1 };
    const work = jest.fn(async () => {});
    await api.get(PeriodicJobs).runOnce(options, work);
    await sleep(1_100);
    expect(await otherApi.get(PeriodicJobs).runOnce(options, work)).toBe(true);
  });

  it('lets another process repeat a job whose process died', async () => {
    const options = { ...hourly(randomUUID()), leaseSeconds: 1_000 };
    await new Promise<void>((resolve) => {
      void api.get(PeriodicJobs).runOnce(options, () => {
        resolve();
        return new Promise(() => {});
      });
    });
    const work = jest.fn(async () => {});
    expect(await otherApi.get(PeriodicJobs).runOnce(options, work)).toBe(false);
    await api
      .get(SystemDatabase)
      .run('let the lease expire', (manager) =>
        manager.query(
          `UPDATE periodic_jobs SET leased_until = leased_until - INTERVAL '1000 seconds' WHERE name = $1`,
          [options.name],
        ),
      );
    expect(await otherApi.get(PeriodicJobs).runOnce(options, work)).toBe(true);
  });

  it('repeats a failed job later', async () => {
    const options = hourly(randomUUID());
    const fail = () => Promise.reject(new Error('Stop'));
    await expect(api.get(PeriodicJobs).runOnce(options, fail)).rejects.toThrow('Stop');
    expect(await otherApi.get(PeriodicJobs).runOnce(options, async () => {})).toBe(false);
    await api
      .get(SystemDatabase)
      .run('end the wait', (manager) => manager.query('UPDATE periodic_jobs SET leased_until = now()'));
    expect(await otherApi.get(PeriodicJobs).runOnce(options, async () => {})).toBe(true);
  });

  it('runs a scheduled job at once', async () => {
    const ran = new Promise<void>((resolve) => {
      api.get(PeriodicJobs).schedule(hourly(randomUUID()), async () => resolve());
    });
    await expect(ran).resolves.toBeUndefined();
  });
});
