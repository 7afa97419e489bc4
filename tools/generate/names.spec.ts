import { describe, expect, it } from '@jest/globals';
import { parseName } from './names.js';

describe('parseName', () => {
  it('spells a name for each kind of code', () => {
    expect(parseName('project-members')).toEqual({
      singular: 'project-member',
      plural: 'project-members',
      type: 'ProjectMember',
      types: 'ProjectMembers',
      variable: 'projectMember',
      variables: 'projectMembers',
      table: 'project_members',
      thing: 'project member',
      things: 'project members',
    });
  });

  it.each([
    ...['note', 'notes', 'Note', 'Notes', 'NOTES'].map((name) => [name, 'note', 'notes']),
    ...['ProjectMember', 'projectMembers', 'project_members'].map((name) => [
      name,
      'project-member',
      'project-members',
    ]),
    ['category', 'category', 'categories'],
    ['people', 'person', 'people'],
    ['person', 'person', 'people'],
    ['status', 'status', 'statuses'],
    ['statuses', 'status', 'statuses'],
    ['bus', 'bus', 'buses'],
    ['analyses', 'analysis', 'analyses'],
    ['cookies', 'cookie', 'cookies'],
    ['caches', 'cache', 'caches'],
    ['lens', 'lens', 'lenses'],
    ['schemas', 'schema', 'schemas'],
    ['news', 'news', 'news'],
    ['equipment', 'equipment', 'equipment'],
    ['series', 'series', 'series'],
    ['APIKeys', 'api-key', 'api-keys'],
    ['UserURLs', 'user-url', 'user-urls'],
    ['oauth2-clients', 'oauth2-client', 'oauth2-clients'],
  ])('parses %s as %s and %s', (name, singular, plural) => {
    expect(parseName(name)).toMatchObject({ singular, plural });
  });

  it.each([
    '../x',
    'a/b',
    '/notes',
    'a b',
    'a--b',
    '-notes',
    'notes-',
    '_notes',
    '9lives',
    'é',
    'notes.ts',
    '__proto__',
    'a\nb',
    'a\0',
    "a'b",
    'a"b',
    '$x',
    'a:b',
  ])('rejects the malformed name %j', (name) => {
    expect(() => parseName(name)).toThrow('is not a valid module name');
  });

  it.each(['me', 'api', 'apis', 'health', 'docs', 'Doc', 'auth', 'metrics', 's'])(
    'rejects the reserved name %s',
    (name) => {
      expect(() => parseName(name)).toThrow(`"${name}" is reserved`);
    },
  );

  it.each(['class', 'cases', 'packages', 'pages', 'columns', 'promises', 'ids', 'owner-ids', 'rows'])(
    'rejects %s, which the generated code uses for something else',
    (name) => {
      expect(() => parseName(name)).toThrow('for something else');
    },
  );

  it('rejects a missing or too long name', () => {
    expect(() => parseName(undefined)).toThrow('The name of the module is missing');
    expect(() => parseName('')).toThrow('The name of the module is missing');
    expect(() => parseName('a'.repeat(41))).toThrow('too long');
  });
});
