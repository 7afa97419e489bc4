import { expect, it } from '@jest/globals';
import type { Server } from '../create-server.js';
import { warnIfUnencrypted } from './warn-if-unencrypted.js';

function warningsFor(urls: Record<string, string | undefined>, production = true): string[] {
  const warnings: string[] = [];
  const log = { warn: (message: string) => warnings.push(message) };
  warnIfUnencrypted({ log, options: { production } } as unknown as Server, urls);
  return warnings;
}

it('names each variable once, but not its URL', () => {
  const warnings = warningsFor({
    DATABASE_URL: 'postgres://app:hunter2@db.example.com/tasks',
    DATABASE_REPLICA_URL: undefined,
  });
  expect(warnings).toEqual([
    expect.stringMatching(/^DATABASE_URL connects to another host without TLS\..*sslmode=/),
  ]);
  expect(warnings.join()).not.toMatch(/hunter2|example/);
});

it('is silent in development, with TLS, and for this machine', () => {
  expect(warningsFor({ DATABASE_URL: 'postgres://db.example.com/tasks' }, false)).toEqual([]);
  expect(
    warningsFor({
      DATABASE_URL: 'postgres://localhost/tasks',
      DATABASE_REPLICA_URL: 'postgres://db.example.com/tasks?sslmode=verify-full',
    }),
  ).toEqual([]);
});
