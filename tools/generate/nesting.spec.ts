import { describe, expect, it } from '@jest/globals';
import { parseFields } from './fields/fields.js';
import { moduleFiles } from './module-files.js';
import { parseName } from './names.js';

const timestamp = 1_764_000_001_000;

async function generate(name: string, text: string, nested = false) {
  const fields = parseFields(text).map((field) =>
    field.reference ? { ...field, reference: { ...field.reference, isParent: nested } } : field,
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

  it('takes the other row from the path only', async () => {
    const file = await generate('comments', 'task:ref(tasks) body:text', true);
    expect(file('.schemas.ts').match(/taskId:.*/g)).toEqual(['taskId: idSchema,']);
  });
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
