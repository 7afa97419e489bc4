import { expect, it, jest } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { lastValueFrom, of } from 'rxjs';
import type { RecentWrites } from './recent-writes.js';
import { RecentWritesInterceptor } from './recent-writes.interceptor.js';

async function recordedOwners(method: string, user: object): Promise<string[]> {
  const record = jest.fn<RecentWrites['record']>().mockResolvedValue();
  const interceptor = new RecentWritesInterceptor({ record } as unknown as RecentWrites);
  const context = { switchToHttp: () => ({ getRequest: () => ({ method, user }) }) } as ExecutionContext;
  await lastValueFrom(interceptor.intercept(context, { handle: () => of('result') }));
  return record.mock.calls.map(([ownerId]) => ownerId);
}

it('records a write for the owner of the rows and for the user', async () => {
  expect(await recordedOwners('POST', { id: 'ada', ownerId: 'ada' })).toEqual(['ada']);
  expect(await recordedOwners('DELETE', { id: 'ada', ownerId: 'org:acme' })).toEqual(['org:acme', 'ada']);
  expect(await recordedOwners('GET', { id: 'ada', ownerId: 'org:acme' })).toEqual([]);
});
