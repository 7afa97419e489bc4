import { describe, expect, it } from '@jest/globals';
import { registered } from '../db/migration-file.js';
import { parseName } from './names.js';
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
