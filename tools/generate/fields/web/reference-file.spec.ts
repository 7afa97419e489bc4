import { describe, expect, it } from '@jest/globals';
import { parseName } from '../../names.js';
import { resolveReferences } from '../../references.js';
import { type Field, parseFields } from '../fields.js';
import { referenceFile, referencePath } from './reference-file.js';

/** Returns the file for the last field of a module. */
function generate(module: string, text: string, nested = false): string {
  const names = parseName(module);
  const fields = resolveReferences(names, parseFields(text), nested);
  return referenceFile(names, fields.at(-1)!, fields);
}

describe('referenceFile', () => {
  it('is a file of the module', () => {
    const [field] = parseFields('list:ref(shopping-lists)');
    expect(referencePath(parseName('notes'), field!)).toBe(
      'apps/web/src/features/notes/api/shopping-list-reference.ts',
    );
  });

  it('searches the rows of a module and sorts them by their title', () => {
    const text = generate('notes', 'task:ref(tasks)');
    expect(text).toContain("const query = { limit: 50, sort: 'title', ...(search && { search }) } as const;");
    expect(text).toContain("api.GET('/api/tasks', { params: { query }, signal })");
    expect(text).toContain('label: title }');
  });

  it.each([
    ['name:string(0..80)', "{ limit: 50, sort: 'name', ...(search && { search }) }", 'label: name || id'],
    ['body:text?', '{ limit: 50, ...(search && { search }) }', 'label: body || id'],
    ['size:integer', '{ limit: 100 }', 'label: id'],
  ])('names the rows of a module with %s that refers to itself', (field, query, label) => {
    const text = generate('people', `${field} boss:ref(people)?`);
    expect(text).toContain(`const query = ${query} as const;`);
    expect(text).toContain(label);
    expect(text.includes('.filter(')).toBe(field.startsWith('size'));
  });

  it('finds the rows of a nested module that belong to the same row', () => {
    const text = generate('remarks', 'task:ref(tasks) body:text reply:ref(remarks)?', true);
    expect(text).toContain('export const remarkReference = (taskId: string): ReferenceSource => ({');
    expect(text).toContain("queryKey: ['remarks', taskId]");
    expect(text).toContain(
      "api.GET('/api/tasks/{taskId}/remarks', { params: { path: { taskId }, query }, signal })",
    );
  });

  it('rejects the rows of another nested module, of which there is no list', () => {
    const [field] = parseFields('comment:ref(comments)');
    const nested: Field = {
      ...field!,
      reference: { ...field!.reference!, collection: '/api/tasks/{taskId}/comments' },
    };
    expect(() => referenceFile(parseName('likes'), nested, [nested])).toThrow(
      'The API has no list of all comments, from which a form could offer one.',
    );
  });
});
