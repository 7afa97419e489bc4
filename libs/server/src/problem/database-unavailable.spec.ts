import { expect, it } from '@jest/globals';
import { isDatabaseUnavailable } from './database-unavailable.js';

const withCode = (code: string, message = 'no') => Object.assign(new Error(message), { code });
const wrapped = (driverError: Error) => Object.assign(new Error('query failed'), { driverError });

it.each([
  ['a refused connection', withCode('ECONNREFUSED')],
  ['a lost connection', withCode('ECONNRESET')],
  ['a missing Unix socket', Object.assign(withCode('ENOENT'), { syscall: 'connect' })],
  ['an unknown host', withCode('ENOTFOUND')],
  ['a connection exception', withCode('08006')],
  ['too many connections', withCode('53300')],
  ['a password that was changed', withCode('28P01')],
  ['a server that rejects the connection', withCode('28000')],
  ['a database that was renamed', withCode('3D000')],
  ['an administrator shutdown', wrapped(withCode('57P01'))],
  ['a server that is starting up', withCode('57P03')],
  ['a statement timeout', wrapped(withCode('57014'))],
  ['a write on a read-only server', wrapped(withCode('25006'))],
  ['a lock timeout', withCode('55P03')],
  ['an exhausted pool', new Error('timeout exceeded when trying to connect')],
  ['a query timeout', wrapped(new Error('Query read timeout'))],
  ['a terminated connection', new Error('Connection terminated unexpectedly')],
  [
    'a refused connection on every address',
    new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')]),
  ],
  ['an error with such a cause', new Error('cannot', { cause: withCode('ETIMEDOUT') })],
])('is true for %s', (_, error) => {
  expect(isDatabaseUnavailable(error)).toBe(true);
});

it.each([
  ['a unique violation', wrapped(withCode('23505'))],
  ['a missing table', withCode('42P01')],
  ['a missing file', withCode('ENOENT')],
  ['a programming error', new TypeError('x is not a function')],
  ['a string', 'ECONNREFUSED'],
  ['undefined', undefined],
])('is false for %s', (_, error) => {
  expect(isDatabaseUnavailable(error)).toBe(false);
});
