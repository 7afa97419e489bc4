import { describe, expect, it } from '@jest/globals';
import { parseFields } from './fields.js';

describe('parseFields', () => {
  it('reads every type', () => {
    expect(
      parseFields(
        'title:string  body:text?\tdueAt:timestamp? pinned:boolean priority:integer( 1 .. 5 ) status:enum(open | done)',
      ),
    ).toEqual([
      { name: 'title', column: 'title', type: 'string', nullable: false, range: { min: 1, max: 200 } },
      { name: 'body', column: 'body', type: 'text', nullable: true, range: { min: 0, max: 10_000 } },
      { name: 'dueAt', column: 'due_at', type: 'timestamp', nullable: true },
      { name: 'pinned', column: 'pinned', type: 'boolean', nullable: false },
      { name: 'priority', column: 'priority', type: 'integer', nullable: false, range: { min: 1, max: 5 } },
      { name: 'status', column: 'status', type: 'enum', nullable: false, values: ['open', 'done'] },
    ]);
  });

  it.each([
    ['a:string(80)', { min: 1, max: 80 }],
    ['a:string(0..80)', { min: 0, max: 80 }],
    ['a:text(500)', { min: 0, max: 500 }],
    ['a:integer', undefined],
    ['a:integer(-5..5)?', { min: -5, max: 5 }],
    ['a:integer(-2147483648..2147483647)', { min: -2_147_483_648, max: 2_147_483_647 }],
  ])('reads the range of %s', (text, range) => {
    expect(parseFields(text)[0]?.range).toEqual(range);
  });

  it.each([
    ['', 'at least one field'],
    [' ', 'at least one field'],
    ['title', '"title" is no field'],
    ['title:', '"title:" is no field'],
    ['title:string??', '"title:string??" is no field'],
    ['title:string(1..2', '"title:string(1..2" is no field'],
    ['title:string, body:text', '"title:string," is no field'],
    ['title:varchar', 'no type that is known'],
    ['title:constructor', 'no type that is known'],
    ['title:string title:text', '"title" is there twice'],
    ['Title:string', '"Title" cannot name a field'],
    ['due_at:timestamp', '"due_at" cannot name a field'],
    ['__proto__:string', 'cannot name a field'],
    ["a';--:string", 'cannot name a field'],
    ...['id', 'ownerId', 'version', 'createdAt', 'updatedAt', 'constructor', 'then', 'xmin'].map((name) => [
      `${name}:string`,
      `"${name}" is taken`,
    ]),
    ['limit:boolean', 'cannot be a filter'],
    ['public:boolean', 'choose another name, such as isPublic'],
    ['sort:enum(a|b)', 'cannot be a filter'],
    ['a:enum', 'needs its values'],
    ['a:enum()', 'needs its values'],
    ['a:enum(a|a)', 'needs its values'],
    ["a:enum(it's)", 'needs its values'],
    ['a:integer(5..1)', 'needs a range'],
    ['a:integer(5)', 'needs a range'],
    ['a:integer(1..2147483648)', 'needs a range'],
    ['a:string(0)', 'needs a range'],
    ['a:string(401)', 'needs a range'],
    ['a:boolean(1)', 'takes nothing in parentheses'],
    ['a:timestamp()', 'takes nothing in parentheses'],
  ])('refuses %j: %s', (text, sentence) => {
    expect(() => parseFields(text as string)).toThrow(sentence as string);
  });

  it('lets a field that is no filter have the name of a parameter or a key word', () => {
    expect(parseFields('limit:integer class:string order:text')).toHaveLength(3);
  });
});
