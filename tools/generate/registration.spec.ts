import { describe, expect, it } from '@jest/globals';
import { registered } from '../db/migration-file.js';
import { parseFields } from './fields/fields.js';
import { parseName } from './names.js';
import { addSection } from './parent-page.js';
import { addModule, removeMigration, removeModule } from './registration.js';

const appModule = `import { Module } from '@nestjs/common';
import { DatabaseModule } from './database/database.module.js';
import { MeModule } from './me/me.module.js';
import { TasksModule } from './tasks/tasks.module.js';

@Module({
  imports: [
    DatabaseModule.forRoot({ url }),
    MeModule,
    TasksModule,
  ],
})
export class AppModule {}
`;

const lines = (text: string) => text.split('\n').map((line) => line.trim());

describe('app.module.ts', () => {
  it.each([
    ['notes', 'MeModule,', 'TasksModule,'],
    ['apples', 'DatabaseModule.forRoot({ url }),', 'MeModule,'],
    ['zebras', 'TasksModule,', '],'],
  ])('adds %s in alphabetical order and removes it again', (name, before, after) => {
    const names = parseName(name);
    const source = addModule(appModule, names);
    const place = lines(source).indexOf(`${names.types}Module,`);
    expect([lines(source)[place - 1], lines(source)[place + 1]]).toEqual([before, after]);
    const paths = Array.from(source.matchAll(/'(\.\/.*)'/g), ([, path]) => path);
    expect(paths).toEqual(paths.toSorted());
    expect(paths).toHaveLength(4);
    expect(removeModule(source, names)).toBe(appModule);
  });

  it('is not changed if it has no list of modules', () => {
    expect(() => addModule('export class AppModule {}\n', parseName('notes'))).toThrow('no list of modules');
  });
});

describe('the list of migrations', () => {
  it('appends a migration, and removes it', () => {
    const history = "import { A1 } from './1-a.js';\n\nexport const migrations = [A1];\n";
    expect(removeMigration(registered(history, 'create-notes', 17), 'create-notes', 17)).toBe(history);
  });
});

describe('the page of a row that another module belongs to', () => {
  const [parent] = parseFields('note:ref(notes)');
  const add = (text: string, name: string) => addSection(text, parseName(name), parent!);

  it('gets a section for each module', () => {
    const page = 'export const Page = () => <EditNoteScreen id={(await params).id} />;';
    const twice = add(add(page, 'comments')!, 'links')!;
    expect(twice).toContain("import { LinksSection } from '@/features/links/components/links-section';");
    expect(twice.replace(/\s+/g, ' ')).toContain(
      '<> <EditNoteScreen id={(await params).id} /> <CommentsSection noteId={(await params).id} /> ' +
        '<LinksSection noteId={(await params).id} /> </>',
    );
  });

  it('can be a dialog, which has the id of the row', () => {
    expect(add('const dialog = <EditNoteForm loaded={data} />;', 'comments')).toContain(
      '<CommentsSection noteId={id} />',
    );
  });

  it('is not changed if it shows something else', () => {
    expect(add('const page = <NoteScreen id={id} />;', 'comments')).toBeUndefined();
  });
});
