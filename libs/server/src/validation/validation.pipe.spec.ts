import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { ProblemException } from '../problem/problem.exception.js';
import { ValidationPipe } from './validation.pipe.js';

const pipe = new ValidationPipe();

function mistakes(
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

it('hands on what the schema makes of a value', () => {
  expect(mistakes(z.strictObject({ n: z.string().transform(Number) }), { n: '1' })).toEqual({ n: 1 });
});

it('points into the body, with / and ~ escaped', () => {
  expect(mistakes(schema, { title: 'a', tags: [{ 'a/b~c': 1 }, { 'a/b~c': 'x' }] })).toEqual([
    { pointer: '/tags/1/a~1b~0c', detail: expect.any(String) },
  ]);
  expect(mistakes(schema, [])).toEqual([{ pointer: '', detail: expect.any(String) }]);
  expect(mistakes(z.string(), 1, 'body', 'title')).toEqual([
    { pointer: '/title', detail: expect.any(String) },
  ]);
});

it('names every unknown member, at any depth', () => {
  expect(mistakes(schema, { title: 'a', x: 1, constructor: 2, tags: [{ 'a/b~c': 1, y: 2 }] })).toEqual([
    { pointer: '/tags/0/y', detail: 'Is not known here' },
    { pointer: '/x', detail: 'Is not known here' },
    { pointer: '/constructor', detail: 'Is not known here' },
  ]);
});

it('says of what is missing that it is', () => {
  expect(mistakes(schema, {})).toEqual([{ pointer: '/title', detail: 'Is missing' }]);
  expect(mistakes(z.string('Must be a UUID'), undefined)).toEqual([
    { pointer: '', detail: 'Must be a UUID' },
  ]);
});

it('names the parameter of a query or path', () => {
  expect(mistakes(schema, { title: ['a', 'b'], y: '1' }, 'query')).toEqual([
    { parameter: 'title', detail: expect.any(String) },
    { parameter: 'y', detail: 'Is not known here' },
  ]);
  expect(mistakes(z.uuid(), 'x', 'param', 'id')).toEqual([{ parameter: 'id', detail: expect.any(String) }]);
});

it('stops at a hundred mistakes', () => {
  const body = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`k${index}`, 1]));
  expect(mistakes(schema, body)).toHaveLength(100);
});
