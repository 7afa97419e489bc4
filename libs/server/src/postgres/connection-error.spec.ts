import { expect, it } from '@jest/globals';
import { describeConnectionError } from './connection-error.js';

const withCode = (code: string, message: string) => Object.assign(new Error(message), { code });

it.each([
  [
    withCode('28P01', 'password authentication failed for user "app"'),
    /rejected .* for user "app"\. Check AUTH_DATABASE_URL\.$/,
  ],
  [
    withCode('3D000', 'database "x" does not exist'),
    /rejected .*"x" does not exist\. Check AUTH_DATABASE_URL\.$/,
  ],
  [
    withCode('42501', 'permission denied for schema auth'),
    /lacks a privilege: .* auth\. Run: npm run db:migrate$/,
  ],
  [
    withCode('ENOTFOUND', 'getaddrinfo ENOTFOUND db.invalid'),
    /unavailable: .*db\.invalid\. Check AUTH_DATABASE_URL/,
  ],
  [new AggregateError([withCode('ECONNREFUSED', 'no')], ''), /^The database is unavailable/],
  [new Error('The server does not support SSL connections'), /does not support TLS\. .*sslmode/],
  [
    withCode('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate'),
    /certificate .* rejected: .*sslrootcert/,
  ],
  [withCode('25006', 'cannot execute CREATE TABLE in a read-only transaction'), /read-only: .*primary\.$/],
])('describes %s', (error, expected) => {
  expect(describeConnectionError(error, { variable: 'AUTH_DATABASE_URL' })).toMatch(expected);
});

it('does not advise a migration to run the migrations if its role lacks a privilege', () => {
  const error = withCode('42501', 'permission denied for schema public');
  expect(describeConnectionError(error, { variable: 'DATABASE_URL', isMigration: true })).toMatch(
    /^The role in DATABASE_URL lacks a privilege: .*public\. Let it own the database, .*docs\/deploy\.md/,
  );
});

const source = { variable: 'DATABASE_URL' };

it('leaves other errors to the caller', () => {
  expect(describeConnectionError(new TypeError('x is not a function'), source)).toBeUndefined();
  expect(describeConnectionError(undefined, source)).toBeUndefined();
});
