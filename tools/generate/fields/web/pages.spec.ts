import { expect, it } from '@jest/globals';
import { moduleFiles } from '../../module-files.js';
import { parseName } from '../../names.js';
import { parseFields } from '../fields.js';

const fields = parseFields('title:string description:text? completed:boolean dueAt:timestamp?');
const timestamp = 1_764_000_001_000;

it('creates separate pages for a name with the same singular and plural', async () => {
  const news = await moduleFiles('web', parseName('news'), fields, timestamp);
  const tasks = await moduleFiles('web', parseName('tasks'), fields, timestamp);
  expect(news.size).toBe(tasks.size);
});
