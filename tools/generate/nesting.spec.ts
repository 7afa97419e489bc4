import { describe, expect, it } from '@jest/globals';
import { parseFields } from './fields/fields.js';
import { moduleFiles } from './module-files.js';
import { parseName } from './names.js';

const timestamp = 1_764_000_001_000;

async function generate(name: string, text: string, nested = false) {
  const fields = parseFields(text).map((field) =>
    field.type === 'ref' ? { ...field, reference: { ...field.reference!, isParent: nested } } : field,
  );
  const files = await moduleFiles('api', parseName(name), fields, timestamp);
  return (end: string) => [...files].find(([path]) => path.endsWith(end))![1];
}

describe('a module without references', () => {
  it('has tests without other rows', async () => {
    const file = await generate('notes', 'title:string pinned:boolean');
    const spec = file('.e2e-spec.ts');
    expect(spec).not.toMatch(/newBody|newList|\(list|nested|references|Walk/);
    expect(spec).toContain('Object.entries(example)');
    expect(spec).toContain('.send({ ...example, ...values })');
  });
});

describe('a nested module', () => {
  it('has its list and its creation under the other row', async () => {
    const file = await generate('comments', 'task:ref(tasks) body:text', true);
    expect(file('.controller.ts').match(/@(Post|Get|Patch|Delete)\(.*\)/g)).toEqual([
      "@Post('tasks/:taskId/comments')",
      "@Get('tasks/:taskId/comments')",
      "@Get('comments/:id')",
      "@Patch('comments/:id')",
      "@Delete('comments/:id')",
    ]);
    expect(file('.service.ts')).toContain('if (!(await this.tasks.findOne(ownerId, taskId))) {');
    expect(file('.module.ts')).toContain('DatabaseModule.forFeature(Comment, Task)');
    expect(file('.schemas.ts')).toContain("commentIdSchema = reference('/api/tasks/{taskId}/comments')");
  });

  it('has the routes of a many-to-many reference under its own address', async () => {
    const file = await generate('comments', 'task:ref(tasks) body:text tags:refs(tags)', true);
    expect(file('.controller.ts').match(/@(Put|Delete)\('.*'\)/g)).toEqual([
      "@Delete('comments/:id')",
      "@Put('comments/:id/tags/:tagId')",
      "@Delete('comments/:id/tags/:tagId')",
    ]);
    expect(file('.module.ts')).toContain('DatabaseModule.forFeature(Comment, CommentTag, Tag, Task)');
  });

  it('takes the other row from the path only', async () => {
    const file = await generate('comments', 'task:ref(tasks) body:text', true);
    expect(file('.schemas.ts').match(/taskId:.*/g)).toEqual(['taskId: idSchema,']);
  });
});

it('says where the rows are created that a module below a nested one belongs to', async () => {
  const [parent, emoji] = parseFields('comment:ref(comments) emoji:string');
  const collection = '/api/tasks/{taskId}/comments';
  const fields = [{ ...parent!, reference: { ...parent!.reference!, collection, isParent: true } }, emoji!];
  const files = await moduleFiles('api', parseName('likes'), fields, timestamp);
  const file = (end: string) => [...files].find(([path]) => path.endsWith(end))![1];
  expect(file('.schemas.ts')).toContain(`export const commentIdSchema = reference('${collection}');`);
  expect(file('.controller.ts')).toContain("@Param('commentId', { schema: commentIdSchema })");
  expect(file('.controller.ts')).not.toContain(' idSchema');
});

it('filters by a reference, which a body contains', async () => {
  const file = await generate('comments', 'task:ref(tasks) body:text');
  expect(file('.schemas.ts').match(/taskId:.*/g)).toEqual([
    "taskId: reference('/api/tasks'),",
    'taskId: idSchema,',
    'taskId: commentFields.taskId,',
    "taskId: reference('/api/tasks').optional(),",
  ]);
  expect(file('.service.ts')).toContain('where: { taskId }');
});

describe('a many-to-many reference', () => {
  it('has a join table whose indexes find the rows of both sides', async () => {
    const file = await generate('notes', 'title:string tags:refs(tags)');
    expect(file('note-tag.entity.ts')).toContain(
      "@Index('note_tags_owner_note_idx', ['ownerId', 'noteId', 'tagId'], { unique: true })\n" +
        "@Index('note_tags_owner_tag_idx', ['ownerId', 'tagId', 'noteId'])\n",
    );
    expect(file('-create-notes.ts').match(/(CREATE TABLE|enable_owner_scope|DROP TABLE).*?\w+/g)).toEqual([
      'CREATE TABLE notes',
      "enable_owner_scope('notes",
      'CREATE TABLE note_tags',
      "enable_owner_scope('note_tags",
      'DROP TABLE note_tags',
      'DROP TABLE notes',
    ]);
  });

  it('to its own module imports no other one', async () => {
    const file = await generate('notes', 'title:string related:refs(notes)');
    expect(file('note-related.entity.ts')).not.toContain('../notes');
    expect(file('.module.ts')).toContain('DatabaseModule.forFeature(Note, NoteRelated)');
    expect(file('.service.ts').match(/InjectOwnedRepository\(/g)).toHaveLength(1);
  });
});
