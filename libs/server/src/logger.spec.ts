import { expect, it } from '@jest/globals';
import { serializeError } from './logger.js';

it('keeps of an error what it is and where it comes from, never its other members', () => {
  const driverError = Object.assign(new Error('duplicate'), { code: '23505', detail: 'hunter2' });
  const error = Object.assign(new Error('query failed', { cause: driverError }), { parameters: ['hunter2'] });
  const described = serializeError(error);
  expect(described).toMatchObject({
    type: 'Error',
    message: 'query failed',
    stack: expect.stringContaining('logger.spec'),
    cause: { message: 'duplicate', code: '23505' },
  });
  expect(JSON.stringify(described)).not.toContain('hunter2');
});

it('describes all errors of an AggregateError, and what is no error at all', () => {
  expect(serializeError(new AggregateError([new Error('a'), new Error('b')]))).toMatchObject({
    errors: [{ message: 'a' }, { message: 'b' }],
  });
  expect(serializeError(null)).toEqual({ type: 'object', message: 'null' });
  expect(serializeError('boom')).toEqual({ type: 'string', message: 'boom' });
});
