import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { type Client, type RunningApi, startApi } from './running-api.js';

const id = '0198c5a4-7d0e-7000-8000-000000000000';

let api: RunningApi;
let ada: Client;

beforeAll(async () => {
  api = await startApi();
  ada = await api.as('ada');
  for (const dueAt of ['2026-12-24T18:00:00Z', null]) {
    await ada.post('/api/tasks').send({ title: 'Write', dueAt }).expect(201);
    await ada.post('/api/tasks').send({ title: 'Write', dueAt }).expect(201);
  }
});

afterAll(() => api.close());

/** Returns a cursor with a valid checksum, which anyone who reads the source code can compute. */
function forge(sort: string, position: string): string {
  const list = JSON.stringify(['"tasks"', ada.id, sort, undefined, {}]);
  const checksum = createHash('sha256').update(`${list}\n${position}`).digest('base64url').slice(0, 16);
  return Buffer.from(checksum + position).toString('base64url');
}

const malformedPositions = [
  '',
  'null',
  '7',
  '"text"',
  '{}',
  '{"value":"Write"}',
  '[]',
  '[null]',
  `["Write"]`,
  '["Write",7]',
  '["Write",null]',
  '["Write",{}]',
  `["Write",["${id}"]]`,
  `["Write","${id.toUpperCase()}"]`,
  `["Write","${id}",1]`,
  `["Write", "${id}"]`,
  `[{},"${id}"]`,
  `[{"a":1},"${id}"]`,
  `[[],"${id}"]`,
  `[["Write"],"${id}"]`,
  `[7,"${id}"]`,
  `[1e400,"${id}"]`,
  `[-1,"${id}"]`,
  `[true,"${id}"]`,
  String.raw`["\u0000","${id}"]`,
  String.raw`["\ud800","${id}"]`,
  '['.repeat(1_400),
];

/** Values that are valid for some orders only. */
const values: [value: unknown, sorts: string[]][] = [
  [null, ['title', '-title']],
  ['Write', ['createdAt', '-createdAt', 'dueAt', '-dueAt']],
  ['2026-12-24T18:00:00.000Z', ['createdAt', '-createdAt']],
  ...[
    '',
    'now',
    'infinity',
    '-infinity',
    '2026-02-30T00:00:00.000Z',
    '2026-12-24T18:00:00.000+25:00',
    '2026-12-24',
  ].map((value): [string, string[]] => [value, ['createdAt', '-createdAt', 'dueAt', '-dueAt']]),
];

describe('a forged cursor', () => {
  it.each(['createdAt', '-createdAt', 'dueAt', '-dueAt', 'title', '-title'])(
    'is rejected with 400 for the sort order %s',
    async (sort) => {
      const forged = values
        .filter(([, sorts]) => sorts.includes(sort))
        .map(([value]) => JSON.stringify([value, id]));
      for (const position of [...malformedPositions, ...forged]) {
        const { status } = await ada.get(`/api/tasks?limit=1&sort=${sort}&cursor=${forge(sort, position)}`);
        expect({ position, status }).toEqual({ position, status: 400 });
      }
    },
  );

  it.each(['createdAt', 'title', 'dueAt'])(
    'differs from the cursors of the sort order %s only in its position',
    async (sort) => {
      const cursors: string[] = [];
      let query = '';
      for (;;) {
        const { body } = await ada.get(`/api/tasks?limit=1&sort=${sort}${query}`).expect(200);
        if (body.nextCursor === null) {
          break;
        }
        cursors.push(body.nextCursor);
        query = `&cursor=${body.nextCursor}`;
      }
      const positions = cursors.map((cursor) => Buffer.from(cursor, 'base64url').toString().slice(16));
      expect(positions.map((position) => forge(sort, position))).toEqual(cursors);
    },
  );
});
