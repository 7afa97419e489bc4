import { expect, it } from '@jest/globals';
import { serializeError } from './logger.js';

it('keeps the type, message, code, stack and cause of an error, and drops its other fields', () => {
  const driverError = Object.assign(new Error('duplicate'), { code: '23505', detail: 'hunter2' });
  const error = Object.assign(new Error('query failed', { cause: driverError }), { parameters: ['hunter2'] });
  const serialized = serializeError(error);
  expect(serialized).toMatchObject({
    type: 'Error',
    message: 'query failed',
    stack: expect.stringContaining('logger.spec'),
    cause: { message: 'duplicate', code: '23505' },
  });
  expect(JSON.stringify(serialized)).not.toContain('hunter2');
});

it('serializes the errors of an AggregateError, and thrown values that are not errors', () => {
  expect(serializeError(new AggregateError([new Error('a'), new Error('b')]))).toMatchObject({
    errors: [{ message: 'a' }, { message: 'b' }],
  });
  expect(serializeError(null)).toEqual({ type: 'object', message: 'null' });
  expect(serializeError('boom')).toEqual({ type: 'string', message: 'boom' });
});
