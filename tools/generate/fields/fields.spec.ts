import { describe, expect, it } from '@jest/globals';
import { parseFields } from './fields.js';

describe('parseFields', () => {
  it('parses every type', () => {
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
    expect(
      parseFields('day:date price:decimal( 12, 3 ) site:url? email:email tags:string[] notes:json'),
    ).toMatchObject([
      { type: 'date' },
      { type: 'decimal', digits: { precision: 12, scale: 3 } },
      { type: 'url', nullable: true, range: { min: 1, max: 2_000 } },
      { type: 'email' },
      { type: 'string[]', range: { min: 1, max: 50 }, maxItems: 20 },
      { type: 'json', range: { min: 1, max: 10_000 } },
    ]);
  });

  it('parses the length and the number of items', () => {
    expect(parseFields('a:string(2..30)[5]? b:string[100]')).toMatchObject([
      { type: 'string[]', range: { min: 2, max: 30 }, maxItems: 5, nullable: true },
      { type: 'string[]', range: { min: 1, max: 50 }, maxItems: 100 },
    ]);
  });

  it.each([
    ['a:decimal', { precision: 10, scale: 2 }],
    ['a:decimal(38,0)', { precision: 38, scale: 0 }],
    ['a:decimal(4,4)', { precision: 4, scale: 4 }],
  ])('parses the digits of %s', (text, digits) => {
    expect(parseFields(text)[0]?.digits).toEqual(digits);
  });

  it.each([
    ['a:string(80)', { min: 1, max: 80 }],
    ['a:string(0..80)', { min: 0, max: 80 }],
    ['a:text(500)', { min: 0, max: 500 }],
    ['a:integer', undefined],
    ['a:integer(-5..5)?', { min: -5, max: 5 }],
    ['a:integer(-2147483648..2147483647)', { min: -2_147_483_648, max: 2_147_483_647 }],
  ])('parses the range of %s', (text, range) => {
    expect(parseFields(text)[0]?.range).toEqual(range);
  });

  it.each([
    ['a:integer(1..5)=3', '3'],
    ['a:integer=-7', '-7'],
    ['a:boolean=true', 'true'],
    ['a:enum(open|done)=open', "'open'"],
    ['a:string(5)=Über', "'Über'"],
    ['a:integer', undefined],
  ])('parses the default of %s', (text, literal) => {
    expect(parseFields(text)[0]?.default).toBe(literal);
  });

  it.each([
    ['task:ref(tasks)', { name: 'taskId', column: 'task_id', nullable: false }, 'CASCADE'],
    ['task:ref(tasks)?', { name: 'taskId', column: 'task_id', nullable: true }, 'SET NULL'],
    ['by:ref(project-members, restrict)', { name: 'byId', column: 'by_id', nullable: false }, 'RESTRICT'],
    ['by:ref(tasks,cascade)?', { name: 'byId', column: 'by_id', nullable: true }, 'CASCADE'],
    ['by:ref(tasks,set-null)?', { name: 'byId', column: 'by_id', nullable: true }, 'SET NULL'],
  ])('parses the reference %s', (text, expected, onDelete) => {
    expect(parseFields(text)).toMatchObject([{ ...expected, type: 'ref', reference: { onDelete } }]);
  });

  it.each([
    ['tags:refs(tags)', 'tagIds', 'tags'],
    ['assignees:refs(people)', 'assigneeIds', 'people'],
    ['related:refs(notes)', 'relatedIds', 'notes'],
  ])('parses the many-to-many reference %s', (text, name, plural) => {
    expect(parseFields(text)).toMatchObject([{ name, type: 'refs', reference: { names: { plural } } }]);
  });

  it.each([
    ['a:integer(1..5)=6', 'cannot have the default "6"'],
    ['a:integer=1.5', 'cannot have the default'],
    ['a:boolean=yes', 'cannot have the default'],
    ['a:enum(open|done)=x', 'cannot have the default'],
    ["a:string=it's", 'cannot have the default'],
    ['a:string(2)=abc', 'cannot have the default'],
    ['a:timestamp=now', 'Make it nullable: a:timestamp?'],
    ['a:integer?=3', 'is not a valid field'],
    ['a:integer=', 'is not a valid field'],
    ['', 'at least one field'],
    [' ', 'at least one field'],
    ['title', '"title" is not a valid field'],
    ['title:', '"title:" is not a valid field'],
    ['title:string??', '"title:string??" is not a valid field'],
    ['title:string(1..2', '"title:string(1..2" is not a valid field'],
    ['title:string, body:text', '"title:string," is not a valid field'],
    ['title:varchar', 'unknown type'],
    ['title:constructor', 'unknown type'],
    ['title:string title:text', '"title" is specified twice'],
    ['due:timestamp dueAt:timestamp', 'Two fields need the query parameter "dueAfter"'],
    ['Title:string', '"Title" is not a valid field name'],
    ['due_at:timestamp', '"due_at" is not a valid field name'],
    ['__proto__:string', 'is not a valid field name'],
    ["a';--:string", 'is not a valid field name'],
    ...['id', 'ownerId', 'version', 'createdAt', 'updatedAt', 'constructor', 'then', 'xmin'].map((name) => [
      `${name}:string`,
      `"${name}" is reserved`,
    ]),
    ['limit:boolean', 'cannot be the name of a filter'],
    ['public:boolean', 'Choose another name, such as isPublic'],
    ['sort:enum(a|b)', 'cannot be the name of a filter'],
    ['a:enum', 'has invalid values'],
    ['a:enum()', 'has invalid values'],
    ['a:enum(a|a)', 'has invalid values'],
    ["a:enum(it's)", 'has invalid values'],
    ['a:integer(5..1)', 'has an invalid range'],
    ['a:integer(5)', 'has an invalid range'],
    ['a:integer(1..2147483648)', 'has an invalid range'],
    ['a:string(0)', 'has an invalid range'],
    ['a:string(401)', 'has an invalid range'],
    ['a:decimal(39,2)', 'has invalid digits'],
    ['a:decimal(2,3)', 'has invalid digits'],
    ['a:decimal(0,0)', 'has invalid digits'],
    ['a:decimal(10)', 'has invalid digits'],
    ['a:url(2001)', 'has an invalid range'],
    ['a:json(50001)', 'has an invalid range'],
    ['a:string(0..5)[]', 'has an invalid range'],
    ['a:string[0]', 'has an invalid number of items'],
    ['a:string[101]', 'has an invalid number of items'],
    ['a:text[]', 'unknown type'],
    ['a:[]', '"a:[]" is not a valid field'],
    ['tags:string[](5)', 'is not a valid field'],
    ['search:string[]', 'cannot be the name of a filter'],
    ['a:email(80)', 'has no options'],
    ['a:date(1)', 'has no options'],
    ['task:ref', 'must name a module'],
    ['task:ref(tasks,delete)', 'must name a module'],
    ['task:ref(tasks,cascade,cascade)', 'must name a module'],
    ['task:ref(tasks,set-null)', `can't be set to null`],
    ['task:ref(../tasks)', 'is not a valid module name'],
    ['task:ref(tasks) taskId:string', '"taskId" is specified twice'],
    ['task:ref(tasks) task:string', '"task" is specified twice'],
    ['tags:refs', 'must name a module and nothing else'],
    ['tags:refs(tags)?', 'must name a module and nothing else'],
    ['tags:refs(tags,restrict)', 'must name a module and nothing else'],
    ['tags:refs(tags)[5]', 'unknown type'],
    ['tags:refs(tags) tag:ref(tags)', 'Two fields need the query parameter "tagId"'],
    ['a:boolean(1)', 'has no options'],
    ['a:timestamp()', 'has no options'],
  ])('rejects %j: %s', (text, sentence) => {
    expect(() => parseFields(text as string)).toThrow(sentence as string);
  });

  it('accepts the name of a query parameter or a keyword for a field that is not a filter', () => {
    expect(parseFields('limit:integer class:string order:text')).toHaveLength(3);
  });
});
