import { expect, it } from '@jest/globals';
import { queryOnce } from '../test/test-databases.js';
import { postgresKeywords } from './reserved-words.js';

it('the list of keywords contains every keyword that PostgreSQL reserves', async () => {
  const rows = await queryOnce<{ word: string }>(
    process.env.TEST_SERVER_URL as string,
    "SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')",
  );
  expect(rows.map(({ word }) => word).filter((word) => !postgresKeywords.has(word))).toEqual([]);
});
