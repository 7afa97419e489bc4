import { describe, expect, it } from '@jest/globals';
import type { EntityMetadata } from 'typeorm';
import { ConstraintViolations } from './constraint-violation.js';

const column = (databaseName: string, propertyName: string) => ({ databaseName, propertyName });
const key = [column('owner_id', 'ownerId'), column('id', 'id')];
const foreignKey = {
  name: 'comments_project_fkey',
  columns: [column('owner_id', 'ownerId'), column('project_id', 'projectId')],
  referencedColumns: key,
  referencedEntityMetadata: { name: 'SampleProject' },
};
const violations = new ConstraintViolations([
  { tableName: 'comments', foreignKeys: [foreignKey] } as unknown as EntityMetadata,
]);

const error = { table: 'comments', constraint: 'comments_project_fkey' };
const request = { body: { projectId: 'x' }, params: {} };

it.each([
  ['in another language', { code: '23503', detail: 'Auf Schlüssel (owner_id, id)=(ada, 1) wird verwiesen.' }],
  ['without a detail', { code: '23503', message: 'update or delete on table "projects" violates' }],
  ['of PostgreSQL 18', { code: '23001' }],
])('recognizes a row that others refer to by an error %s', (_, more) => {
  const exception = violations.toException({ message: 'x', ...error, ...more }, request);
  expect([exception?.getStatus(), exception?.message]).toEqual([
    409,
    'This sample project cannot be deleted because comments refer to it.',
  ]);
});

it('reads the error that TypeORM wraps', () => {
  const driverError = { ...error, code: '23503', message: 'insert or update on table "comments" violates' };
  expect(violations.toException({ message: 'x', driverError }, request)?.errors).toEqual([
    { pointer: '/projectId', detail: 'You have no sample project with this id' },
  ]);
});

describe('an unknown id in a list', () => {
  const ids = { body: { projectIds: ['a1', 'B2'] }, params: { id: 'x' } };
  const unknown = { ...error, code: '23503', message: 'insert or update on table "comments" violates' };
  const detail = 'Key (owner_id, project_id)=(ada, b2) is not present in table "projects".';

  it.each([
    ['at the id', detail, '/projectIds/1'],
    ['at the list if row-level security conceals the id', 'Key is not present in table.', '/projectIds'],
  ])('has a pointer %s', (_, text, pointer) => {
    expect(violations.toException({ ...unknown, detail: text }, ids)?.errors).toEqual([
      { pointer, detail: 'You have no sample project with this id' },
    ]);
  });
});

it.each([
  ['a syntax error', { code: '42601', message: 'x' }],
  ['an error that is not from PostgreSQL', new Error('x')],
  ['a string', 'x'],
  ['undefined', undefined],
])('returns undefined for %s', (_, thrown) => {
  expect(violations.toException(thrown, request)).toBeUndefined();
});
