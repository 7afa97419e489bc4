import { expect, it } from '@jest/globals';
import { isDatabaseUnavailable } from './database-unavailable.js';

const withCode = (code: string, message = 'no') => Object.assign(new Error(message), { code });
const wrapped = (driverError: Error) => Object.assign(new Error('query failed'), { driverError });

it.each([
  ['a refused connection', withCode('ECONNREFUSED')],
  ['a lost connection', withCode('ECONNRESET')],
  ['a host without an address', withCode('ENOTFOUND')],
  ['a connection exception', withCode('08006')],
  ['too many connections', withCode('53300')],
  ['a shutdown', wrapped(withCode('57P01'))],
  ['a start', withCode('57P03')],
  ['a statement over its time', wrapped(withCode('57014'))],
  ['a lock over its time', withCode('55P03')],
  ['a full pool', new Error('timeout exceeded when trying to connect')],
  ['an answer that does not come', wrapped(new Error('Query read timeout'))],
  ['a connection cut', new Error('Connection terminated unexpectedly')],
  ['all addresses refusing', new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')])],
  ['a cause', new Error('cannot', { cause: withCode('ETIMEDOUT') })],
])('takes %s for a database that is away', (_, error) => {
  expect(isDatabaseUnavailable(error)).toBe(true);
});

it.each([
  ['a duplicate', wrapped(withCode('23505'))],
  ['a missing table', withCode('42P01')],
  ['a file that is missing', withCode('ENOENT')],
  ['a bug', new TypeError('x is not a function')],
  ['text', 'ECONNREFUSED'],
  ['nothing', undefined],
])('does not take %s for it', (_, error) => {
  expect(isDatabaseUnavailable(error)).toBe(false);
});
