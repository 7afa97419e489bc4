import { describe, expect, it } from '@jest/globals';
import { format } from 'prettier';
import { parseName } from '../names.js';
import { fieldIndexes, foreignKey } from './columns.js';
import { addToEntity } from './entity.js';
import { type Field, parseFields } from './fields.js';
import { addToSchemas } from './schemas.js';
import { addToService } from './service.js';
import { addToE2eSpec, removeEmptyTests, restoreTests } from './test-data.js';

const names = parseName('notes');
const field = (text: string) => parseFields(text)[0] as Field;
const formatted = (text: string) =>
  format(text, { parser: 'typescript', singleQuote: true, printWidth: 110 });

describe('addToEntity', () => {
  const entity = `import { Column, Entity } from 'typeorm';
import { OwnedEntity } from '../database/owned.entity.js';

export const maxNotes = 100;

/** Edited by hand. */
@Entity('notes')
export class Note extends OwnedEntity {
  @Column({ type: 'boolean' })
  pinned!: boolean;

  isOld(): boolean {
    return this.createdAt < '2020';
  }
}
`;

  it('adds a column, its index, its constraint and its values, and keeps everything else', async () => {
    const added = parseFields('dueAt:timestamp? status:enum(open|done)');
    const text = added.reduce((source, next) => addToEntity(source, names, next, added), entity);
    expect(await formatted(text)).toBe(`import { Check, Column, Entity, Index } from 'typeorm';
import { OwnedEntity } from '../database/owned.entity.js';

export const maxNotes = 100;

export const noteStatuses = ['open', 'done'] as const;

/** Edited by hand. */
@Entity('notes')
@Check('notes_status_check', "status IN ('open', 'done')")
@Index('notes_owner_due_idx', ['ownerId', 'dueAt', 'id'])
export class Note extends OwnedEntity {
  @Column({ type: 'boolean' })
  pinned!: boolean;

  isOld(): boolean {
    return this.createdAt < '2020';
  }

  @Column({ name: 'due_at', type: 'timestamptz', precision: 3, nullable: true })
  dueAt!: string | null;

  @Column({ type: 'text' })
  status!: (typeof noteStatuses)[number];
}
`);
  });

  it('adds an index for the items of a list, and the schema of a JSON field', async () => {
    const added = parseFields('tags:string(30)[5] settings:json?');
    const text = added.reduce((source, next) => addToEntity(source, names, next, added), entity);
    expect(text).toContain("import { z } from 'zod';");
    expect(text).toContain("@Index('notes_tags_idx', { synchronize: false })");
    expect(text).toMatch(/export const noteSettingsSchema = z\.record\(/);
    expect(text).toContain(
      "@Column({ type: 'jsonb', nullable: true })\nsettings!: z.infer<typeof noteSettingsSchema> | null;",
    );
  });

  it('adds one search index for several fields', () => {
    const added = parseFields('title:string body:text');
    const text = added.reduce((source, next) => addToEntity(source, names, next, added), entity);
    expect(text.match(/@Index\('notes_search_idx'/g)).toHaveLength(1);
  });
});

describe('a reference', () => {
  it('is a column, an index and a relation that is only read', async () => {
    const [reference] = parseFields('list:ref(lists)?');
    const entity =
      "import { Entity } from 'typeorm';\n\n@Entity('notes')\nexport class Note extends OwnedEntity {}\n";
    expect(await formatted(addToEntity(entity, names, reference!, [reference!])))
      .toBe(`import { Column, Entity, Index, JoinColumn, ManyToOne } from 'typeorm';
import { List } from '../lists/list.entity.js';

@Entity('notes')
@Index('notes_owner_list_idx', ['ownerId', 'listId', 'id'])
export class Note extends OwnedEntity {
  @Column({ name: 'list_id', type: 'uuid', nullable: true })
  listId!: string | null;

  /** Only for queries in an owner scope. To change it, write \`listId\`. */
  @ManyToOne(() => List, { onDelete: 'SET NULL' })
  @JoinColumn([
    { name: 'owner_id', referencedColumnName: 'ownerId', foreignKeyConstraintName: 'notes_list_fkey' },
    { name: 'list_id', referencedColumnName: 'id', foreignKeyConstraintName: 'notes_list_fkey' },
  ])
  list?: List | null;
}
`);
  });

  it('has an index for each sort order of the rows with the same reference', () => {
    const added = parseFields('order:integer list:ref(lists) dueAt:timestamp?');
    const entity = "@Entity('notes')\nexport class Note extends OwnedEntity {}\n";
    const text = added.reduce((source, next) => addToEntity(source, names, next, added), entity);
    expect(text.match(/@Index.*/g)).toEqual([
      "@Index('notes_owner_due_idx', ['ownerId', 'dueAt', 'id'])",
      "@Index('notes_owner_list_due_idx', ['ownerId', 'listId', 'dueAt', 'id'])",
      "@Index('notes_owner_list_idx', ['ownerId', 'listId', 'id'])",
      "@Index('notes_owner_list_order_idx', ['ownerId', 'listId', 'order', 'id'])",
      "@Index('notes_owner_order_idx', ['ownerId', 'order', 'id'])",
    ]);
    expect(fieldIndexes(names, added[0]!, added)).toContainEqual(
      expect.objectContaining({
        name: 'notes_owner_list_order_idx',
        members: '(owner_id, list_id, "order", id)',
      }),
    );
  });

  it('keeps the owner when it is set to null', () => {
    expect(foreignKey(field('list:ref(lists)?'))).toBe(
      'FOREIGN KEY (owner_id, list_id) REFERENCES lists (owner_id, id) ON DELETE SET NULL (list_id)',
    );
  });
});

describe('addToSchemas', () => {
  const schemas = `import { z } from 'zod';
import { idSchema, pageQueryFields } from '../http/field.schemas.js';

const noteFields = { color: z.string() };

export const noteSchema = z.strictObject({ id: idSchema, color: z.string(), createdAt: z.iso.datetime() });

export const createNoteSchema = z.strictObject({ color: noteFields.color });

export const findNotesSchema = z.strictObject({
  ...pageQueryFields,
  sort: z.enum(['createdAt', '-createdAt', 'zip', '-zip']).default('-createdAt'),
});
`;

  it('adds sort orders below filters that contain arrays', () => {
    const filtered = addToSchemas(schemas, names, field('labels:string[]'));
    expect(addToSchemas(filtered, names, field('amount:decimal(10,2)'))).toContain(
      "sort: z.enum(['createdAt', '-createdAt', 'amount', '-amount', 'zip', '-zip'])",
    );
  });

  it('adds a field to the request and response schemas', async () => {
    const text = addToSchemas(schemas, names, field('title:string?'));
    expect(await formatted(text)).toBe(`import { z } from 'zod';
import { idSchema, pageQueryFields, plainText, trimmedText } from '../http/field.schemas.js';

const noteFields = { color: z.string(), title: trimmedText({ min: 1, max: 200 }).nullable() };

export const noteSchema = z.strictObject({
  id: idSchema,
  color: z.string(),
  title: z.string().nullable(),
  createdAt: z.iso.datetime(),
});

export const createNoteSchema = z.strictObject({
  color: noteFields.color,
  title: noteFields.title.default(null),
});

export const findNotesSchema = z.strictObject({
  ...pageQueryFields,
  search: plainText({ max: 200 }).optional(),
  sort: z.enum(['createdAt', '-createdAt', 'title', '-title', 'zip', '-zip']).default('-createdAt'),
});
`);
  });

  it('imports every helper that a field needs, and filters a list by an item', () => {
    const text = addToSchemas(schemas, names, field('tags:string(30)[5]'));
    expect(text).toContain('tags: z.array(trimmedText({ min: 1, max: 30 })).max(5)');
    expect(text).toContain('tags: trimmedText({ max: 30 }).transform((item) => [item]).optional()');
    expect(text).toMatch(/import \{.*\btrimmedText\b.*\} from '\.\.\/http\/field\.schemas\.js'/);
    const json = addToSchemas(schemas, names, field('settings:json'));
    expect(json).toContain("import { noteSettingsSchema } from './note.entity.js';");
    expect(json).toContain('settings: storableJson(noteSettingsSchema, { maxBytes: 10_000 })');
  });

  it('does not add a field twice', () => {
    const text = addToSchemas(schemas, names, field('color:boolean'));
    expect(text).toContain('const noteFields = { color: z.string() };');
  });

  it('throws if a schema is missing', () => {
    expect(() => addToSchemas(`${schemas.split('\n\n')[0]}`, names, field('title:string'))).toThrow(
      'There is no place for the field: an object in "noteFields" for `title: trimmedText({ min: 1, max: 200 })` is missing.',
    );
  });
});

describe('addToService', () => {
  const service = `class NotesService {
  findAll(ownerId: string, query: FindNotes): Promise<Page<Row<Note>>> {
    this.log(query);
    return this.notes.findPage(ownerId, query);
  }
}
`;

  it('passes filters and searched fields to the repository', async () => {
    const added = parseFields('pinned:boolean title:string dueAt:timestamp status:enum(open|done) body:text');
    const text = added.reduce((source, next) => addToService(source, names, next), service);
    expect(await formatted(text)).toBe(`class NotesService {
  findAll(
    ownerId: string,
    { pinned, dueAfter, dueBefore, status, ...query }: FindNotes,
  ): Promise<Page<Row<Note>>> {
    this.log(query);
    return this.notes.findPage(ownerId, {
      ...query,
      where: { pinned, dueAt: { after: dueAfter, before: dueBefore }, status },
      searchIn: ['title', 'body'],
    });
  }
}
`);
  });
});

it.each([
  ['class NotesService {}', 'a parameter "query" of "findAll"'],
  [
    'class S { findAll(ownerId: string, query: FindNotes) { return this.load(query); } }',
    'a call of "findPage"',
  ],
  [
    'class S { findAll(o: string, q: Q) { return this.notes.findPage(o, { ...q, where }); } }',
    'an object "where"',
  ],
])('says which place of a service is missing: %s', (service, place) => {
  expect(() => addToService(service, names, field('pinned:boolean'))).toThrow(place);
});

describe('addToE2eSpec', () => {
  it('adds test data, and ignores tables that the test file does not have', () => {
    const text = addToE2eSpec("const example = { title: 'a' };", names, field('size:integer(1..5)'));
    expect(text).toBe("const example = { title: 'a', size: 1 };");
  });

  it('restores the table and the test of a field that has none', async () => {
    const group = (title: string, test: string) => `describe('${title}', () => {\n${test}});\n`;
    const filter = "it.each(filters)('filters', () => {});\n";
    const text = `const example = {};\nlet api;\n${group('list', "it('x', () => {});\n")}${group('one', '')}`;
    const restored = restoreTests(
      text,
      `const example = { pinned: true };\nconst filters = [1];\n${group('list', filter)}`,
    );
    expect(await formatted(restored)).toBe(
      await formatted(
        `const example = {};\nconst filters = [1];\nlet api;\n${group('list', `it('x', () => {});\n\n${filter}`)}${group('one', '')}`,
      ),
    );
  });

  it('removes tests without data', () => {
    const text =
      "const a = [];\nconst b = [1];\ndescribe('x', () => {\nit.each(a)('', () => {});\nit.each(b)('', () => {});\n});\n";
    expect(removeEmptyTests(text).trim()).toBe(
      "const b = [1];\ndescribe('x', () => {\nit.each(b)('', () => {});\n});",
    );
  });
});
