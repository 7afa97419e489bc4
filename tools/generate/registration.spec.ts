import { describe, expect, it } from '@jest/globals';
import { registered } from '../db/migration-file.js';
import { parseName } from './names.js';
import { withModule, withoutMigration, withoutModule } from './registration.js';

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
  ])('gets %s in the order of the alphabet, and loses it again', (name, before, after) => {
    const names = parseName(name);
    const source = withModule(appModule, names);
    const place = lines(source).indexOf(`${names.types}Module,`);
    expect([lines(source)[place - 1], lines(source)[place + 1]]).toEqual([before, after]);
    const paths = Array.from(source.matchAll(/'(\.\/.*)'/g), ([, path]) => path);
    expect(paths).toEqual(paths.toSorted());
    expect(paths).toHaveLength(4);
    expect(withoutModule(source, names)).toBe(appModule);
  });

  it('is left alone where it has another shape', () => {
    expect(() => withModule('export class AppModule {}\n', parseName('notes'))).toThrow('no list of modules');
  });
});

describe('the history of migrations', () => {
  it('gets one at its end, and loses it again', () => {
    const history = "import { A1 } from './1-a.js';\n\nexport const migrations = [A1];\n";
    expect(withoutMigration(registered(history, 'create-notes', 17), 'create-notes', 17)).toBe(history);
  });
});
