import { describe, expect, it } from '@jest/globals';
import { queryOnce } from '../test/test-databases.js';
import { parseFields } from './fields/fields.js';
import { moduleFiles } from './module-files.js';
import { parseName } from './names.js';
import { postgresKeywords } from './reserved-words.js';

const names = parseName('tasks');
const fields = parseFields('title:string description:text? completed:boolean dueAt:timestamp?');
const timestamp = 1_764_000_001_000;

describe('the templates', () => {
  // web:start
  it('create separate pages for a name with the same singular and plural', async () => {
    const news = await moduleFiles('web', parseName('news'), fields, timestamp);
    const tasks = await moduleFiles('web', names, fields, timestamp);
    expect(news.size).toBe(tasks.size);
  });
  // web:end

  it('quote every PostgreSQL keyword', async () => {
    const rows = await queryOnce<{ word: string }>(
      process.env.TEST_SERVER_URL as string,
      "SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')",
    );
    expect(rows.map(({ word }) => word).filter((word) => !postgresKeywords.has(word))).toEqual([]);
  });
});
