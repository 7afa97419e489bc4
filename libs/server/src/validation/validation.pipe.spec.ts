import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { ProblemException } from '../problem/problem.exception.js';
import { ValidationPipe } from './validation.pipe.js';

const pipe = new ValidationPipe();

function validate(
  schema: z.ZodType,
  value: unknown,
  type: 'body' | 'query' | 'param' = 'body',
  data?: string,
): unknown {
  try {
    return pipe.transform(value, { type, schema, data });
  } catch (error) {
    return (error as ProblemException).errors;
  }
}

const schema = z.strictObject({
  title: z.string(),
  tags: z.array(z.strictObject({ 'a/b~c': z.number() })).optional(),
});

it('returns the output of the schema', () => {
  expect(validate(z.strictObject({ n: z.string().transform(Number) }), { n: '1' })).toEqual({ n: 1 });
});

it('points to the invalid value in the body, with / and ~ escaped', () => {
  expect(validate(schema, { title: 'a', tags: [{ 'a/b~c': 1 }, { 'a/b~c': 'x' }] })).toEqual([
    { pointer: '/tags/1/a~1b~0c', detail: expect.any(String) },
  ]);
  expect(validate(schema, [])).toEqual([{ pointer: '', detail: expect.any(String) }]);
  expect(validate(z.string(), 1, 'body', 'title')).toEqual([
    { pointer: '/title', detail: expect.any(String) },
  ]);
});

it('names every unknown property, at any depth', () => {
  expect(validate(schema, { title: 'a', x: 1, constructor: 2, tags: [{ 'a/b~c': 1, y: 2 }] })).toEqual([
    { pointer: '/tags/0/y', detail: 'Unknown property' },
    { pointer: '/x', detail: 'Unknown property' },
    { pointer: '/constructor', detail: 'Unknown property' },
  ]);
});

it('reports a missing property as required, unless the schema has its own message', () => {
  expect(validate(schema, {})).toEqual([{ pointer: '/title', detail: 'Required' }]);
  expect(validate(z.string('Must be a UUID'), undefined)).toEqual([
    { pointer: '', detail: 'Must be a UUID' },
  ]);
});

it('names the invalid query or path parameter', () => {
  expect(validate(schema, { title: ['a', 'b'], y: '1' }, 'query')).toEqual([
    { parameter: 'title', detail: expect.any(String) },
    { parameter: 'y', detail: 'Unknown parameter' },
  ]);
  expect(validate(z.uuid(), 'x', 'param', 'id')).toEqual([{ parameter: 'id', detail: expect.any(String) }]);
});

it('returns 100 errors at most', () => {
  const body = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`k${index}`, 1]));
  expect(validate(schema, body)).toHaveLength(100);
});
