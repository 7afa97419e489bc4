import { expect, it } from '@jest/globals';
import { moduleFiles } from '../../module-files.js';
import { parseName } from '../../names.js';
import { resolveReferences } from '../../references.js';
import { parseFields } from '../fields.js';

const names = parseName('comments');
const fields = resolveReferences(names, parseFields('task:ref(tasks) body:text'), true);
const files = await moduleFiles('web', names, fields, 0);
const file = (end: string) => [...files].find(([path]) => path.endsWith(end))?.[1];

it('has a section for the page of the other row instead of a list page', () => {
  expect(file('(signed-in)/comments/page.tsx')).toBeUndefined();
  expect(file('comments-screen.tsx')).toBeUndefined();
  expect(file('comments-section.tsx')).toContain('CommentsSection({ taskId }: { taskId: string })');
  expect(file('list-comments.ts')).toContain("'/api/tasks/{taskId}/comments'");
  expect(file('create-comment.ts')).toContain("'/api/tasks/{taskId}/comments'");
});

it('takes the other row from the URL, and leads back to it', () => {
  expect(file('comments/new/page.tsx')).toContain('firstValue((await searchParams).taskId)');
  expect(file('comment-form.tsx')).toContain('router.push(`/tasks/${taskId}`)');
  expect(file('comment-form.tsx')).not.toContain("register('taskId')");
  expect([...files.values()].join()).not.toMatch(/["']\/comments["']/);
});

it('has a browser test that begins on the page of the other row', () => {
  const test = file('.browser.ts')!;
  expect(test).toContain("page.goto(`/tasks/${(await createRow(ada, '/api/tasks')).id}`)");
  expect(test).not.toMatch(/createOthers|references/);
});

it('has a browser test that chooses the rows of other modules', async () => {
  const other = resolveReferences(
    parseName('notes'),
    parseFields('title:string task:ref(tasks)? others:refs(tasks)'),
    false,
  );
  const [test] = [...(await moduleFiles('web', parseName('notes'), other, 0))]
    .filter(([path]) => path.endsWith('.browser.ts'))
    .map(([, text]) => text);
  expect(test).toContain("{ label: 'Task', collection: '/api/tasks', isOptional: true }");
  expect(test).toContain("await createRow(user, '/api/tasks');");
  expect(test).toContain("await chooseFirst(page, 'Task');");
  expect(test).toContain("{ label: 'Others', collection: '/api/tasks' }");
});
