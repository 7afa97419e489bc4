import { equal } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startThrowawayPostgres } from '../../tools/postgres/embedded-postgres.js';
import { runTypescript } from '../../tools/run-program.js';
import { withoutSettings } from '../../tools/test/environment.js';
import { queryOnce } from '../../tools/test/test-databases.js';
import { run, show } from '../ci/commands.js';

/** Tests the generator in this clone, which must be clean: the project's tests pass with modules of every kind. */
const modules = {
  tags: ['--fields', 'name:string(40)'],
  notes: ['--web'],
  ProjectMembers: ['--web', '--fields', 'name:string(80) order:integer? end:timestamp'],
  person: [
    '--web',
    '--fields',
    'title:string body:text? dueAt:timestamp? pinned:boolean priority:integer(1..5) status:enum(open|done) ' +
      'birthday:date endsOn:date? price:decimal(10,2) rate:decimal(4,4)? website:url? email:email ' +
      'tags:string[] labels:string(3..30)[5]? settings:json extra:json?',
  ],
  comments: [
    '--nested',
    '--web',
    '--fields',
    'note:ref(notes) person:ref(people,restrict) editor:ref(people)? reply:ref(comments)? body:text ' +
      'tags:refs(tags) related:refs(comments)',
  ],
};
const coverEveryModule = [
  'account-deletion',
  'column-types',
  'documentation',
  'migrations',
  'openapi-walk',
  'owner-policies',
  'ownership',
  'relations',
  'sharding',
];
const last = 'apps/api/src/people/people.service.ts';
const postgres = await startThrowawayPostgres();
const env = { ...withoutSettings(process.env), DATABASE_URL: postgres.url };

try {
  await test('the clone is clean', expectClean);
  for (const [name, message, ...options] of [
    ['../x', 'is not a valid module name'],
    ['me', 'is reserved'],
    ['tasks', 'already exists'],
    ['notes', '"id" is reserved', '--fields', 'id:string'],
    ['notes', 'The modules are: tasks.', '--fields', 'list:ref(lists)'],
    ['notes', 'two columns for a note', '--fields', 'notes:refs(notes)'],
    ['notes', 'Only an optional reference can', '--fields', 'parent:ref(notes)'],
    ['notes', '--nested needs a required reference', '--nested', '--fields', 'task:ref(tasks)?'],
    ['notes', 'The form would have no fields', '--web', '--nested', '--fields', 'task:ref(tasks)'],
  ] as const) {
    await test(`rejects ${name} ${options.join(' ')}`, () => {
      expectRejection(generate(name, ...options), message);
      expectClean();
    });
  }
  await test('prints the changes and writes nothing with --dry-run', () => {
    equal(generate('notes', '--dry-run').output.includes('create apps/api/src/notes/notes.service.ts'), true);
    expectClean();
  });
  await test('leaves no files behind if it is interrupted', async () => {
    await interruptMidway();
    expectClean();
  });
  for (const [name, options] of Object.entries(modules)) {
    await test(`generates ${name} ${options.join(' ')}`, () => {
      equal(generate(name, ...options).errors, '');
    });
  }
  const fields = [
    'rank:integer(1..5)?',
    'state:enum(new|old)=new',
    'isHot:boolean',
    'memo:ref(notes)?',
    'label:string(20)=none',
  ];
  await test('prints the changes of a field and writes nothing with --dry-run', () => {
    const status = run('git', ['status', '--porcelain']).output;
    equal(addFields('tasks', 'rank:integer?', '--dry-run').output.includes('+    rank: '), true);
    equal(run('git', ['status', '--porcelain']).output, status);
  });
  await test('rejects a required field without a default', () => {
    expectRejection(addFields('tasks', 'rank:integer'), 'needs a value in the rows that exist');
  });
  await test('adds fields to the example', () => equal(addFields('tasks', ...fields).errors, ''));
  await test('adds many-to-many references to a module with pages, and rejects them twice', () => {
    equal(addFields('tasks', 'tags:refs(tags)').errors, '');
    expectRejection(addFields('tasks', 'tags:refs(tags)'), 'already has a field "tagIds"');
  });
  await test('adds fields to a module that was edited, and keeps the edits', () => {
    writeFileSync(last, readFileSync(last, 'utf8').replace('findAll(', '// edited\n  findAll('));
    equal(addFields('people', ...fields).errors, '');
    equal(readFileSync(last, 'utf8').includes('// edited\n'), true);
  });
  await test('rejects a module that exists', () => expectRejection(generate('note'), 'already exists'));
  // docs/add-a-module.md runs all tests after it has generated modules.
  await test('the checks, the unit tests of the apps, their own tests and those that cover every module pass', () => {
    const own = ['test:e2e', '--', 'apps/api/src', ...coverEveryModule];
    for (const args of [['check'], ['test:unit', '--', 'apps'], own]) {
      show('npm', ['run', ...args], { env: withoutSettings(process.env) });
    }
  });
  await test('the browser tests of its pages and of the navigation between four sections pass', () => {
    show('npm', ['run', 'build'], { env: withoutSettings(process.env) });
    show('npm', ['run', 'test:browser', '--', 'people.browser', 'comments.browser', 'navigation.browser'], {
      env: withoutSettings(process.env),
    });
  });
  await test('rejects the removal of a field whose code was edited', () => {
    const path = 'apps/api/src/people/people.schemas.ts';
    const source = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      source.replace("label: personFields.label.default('none')", 'label: personFields.label'),
    );
    expectRejection(undo('people.label'), `${path} was edited`);
    writeFileSync(path, source);
  });
  await test('removes the fields, newest first, and keeps the edits', () => {
    expectRejection(undo('people.rank'), 'Migrations were added after');
    for (const name of ['people', 'tasks']) {
      for (const field of [
        ...(name === 'tasks' ? ['tagIds'] : []),
        'label',
        'memoId',
        'isHot',
        'state',
        'rank',
      ]) {
        equal(undo(`${name}.${field}`).errors, '');
      }
    }
    const source = readFileSync(last, 'utf8');
    equal(source.includes('// edited\n'), true);
    writeFileSync(last, source.replace('// edited\n  ', ''));
    equal(
      run('git', ['status', '--porcelain', 'apps/api/src/tasks', 'apps/web/src/features/tasks']).output,
      '',
    );
  });
  await test('rejects the removal of a module that another one refers to', () => {
    expectRejection(undo('people'), 'apps/api/src/comments/comment.entity.ts refers to people');
    equal(undo('comments').errors, '');
  });
  await test('removes the newest module first', () => {
    expectRejection(undo('notes'), 'Migrations were added after create-notes');
  });
  await test('rejects the removal of an edited module', () => {
    const source = readFileSync(last, 'utf8');
    appendFileSync(last, '// edited\n');
    expectRejection(undo('people'), `${last} was edited`);
    writeFileSync(last, source);
  });
  await test('asks before it drops a table with rows, then reverts the migration', async () => {
    show('npm', ['run', '--silent', 'db:migrate'], { env });
    await queryOnce(
      postgres.url,
      `INSERT INTO people
         (owner_id, id, title, priority, status, birthday, price, email, settings, created_at, updated_at)
       VALUES ('ada', gen_random_uuid(), 'a', 1, 'open', '2000-01-01', 1, 'a@b.c', '{}', now(), now())`,
    );
    expectRejection(undo('people'), 'Nothing was removed.');
    equal(existsSync(last), true);
    equal(undo('people', '--yes').status, 0);
    const tables = await queryOnce(postgres.url, "SELECT FROM pg_tables WHERE tablename = 'people'");
    equal(tables.length, 0);
  });
  await test('removes the other modules without a trace', () => {
    for (const name of ['project-members', 'Note', 'tags']) {
      equal(undo(name).errors, '');
    }
    expectClean();
  });
} finally {
  await postgres.stop();
}
function generate(...args: string[]) {
  return run('npm', ['run', '--silent', 'generate', '--', ...args], { env });
}

function addFields(...args: string[]) {
  return run('npm', ['run', '--silent', 'generate:field', '--', ...args], { env });
}

function undo(...args: string[]) {
  return run('npm', ['run', '--silent', 'generate:undo', '--', ...args], { env });
}

function expectRejection(
  { status, errors }: { status: number | null; errors: string },
  message: string,
): void {
  equal(status, 1);
  if (!errors.includes(message) || errors.trim().includes('\n')) {
    throw new Error(`it says ${errors}`);
  }
}

function expectClean(): void {
  equal(run('git', ['status', '--porcelain']).output, '');
  equal(copies().join(), '');
}

/** Sends SIGTERM while the generator works on its copy of the API. */
async function interruptMidway(): Promise<void> {
  const generator = spawn(process.execPath, [...runTypescript, 'tools/generate/main.ts', 'notes'], {
    env,
    stdio: 'ignore',
  });
  const ended = once(generator, 'exit');
  while (copies().length === 0 && generator.exitCode === null) {
    await sleep(10);
  }
  await sleep(500);
  generator.kill('SIGTERM');
  equal((await ended)[0], 1);
}

function copies(): string[] {
  return existsSync('.data') ? readdirSync('.data').filter((name) => name.startsWith('generate-')) : [];
}
