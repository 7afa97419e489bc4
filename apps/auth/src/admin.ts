import { parseArgs } from 'node:util';
import { findVariable, loadEnvironment, postgresUrl, runCommand, StartupError } from '@app/server';
import { z } from 'zod';
import { type ActionName, AdminActionError, performAction } from './admin/admin-actions.js';
import { findUserByEmail, type ListedUser, listUsers } from './admin/admin-lists.js';
import { connectDatabase, type Database } from './database/database.js';
import { assertMigrated } from './database/migrator.js';

const USAGE = `Usage: npm run auth:admin -- COMMAND

  list [SEARCH]    lists users, the newest first, whose email address or name begins with SEARCH
  grant EMAIL      makes a user an administrator
  ungrant EMAIL    removes the role of an administrator
  ban EMAIL        ends all sessions of a user and prevents new ones; with --until DATE, until then
  unban EMAIL      ends a ban
  sign-out EMAIL   ends all sessions of a user and revokes their personal access tokens
  verify EMAIL     marks the email address of a user as verified
  delete EMAIL     deletes a user and all their data

  --reason TEXT    is recorded
  --until DATE     for example 2030-12-31, which is midnight in UTC, or 2030-12-31T18:00+01:00`;

/** Printed after the email address. */
const results: Record<ActionName, string> = {
  grant: 'is an administrator. They get the role with their next token.',
  ungrant: 'is no longer an administrator. Access tokens with the role expire within 15 minutes.',
  ban: 'is banned, and all their sessions have ended. Access tokens expire within 15 minutes.',
  unban: 'is not banned.',
  'sign-out': 'is signed out everywhere. Access tokens expire within 15 minutes.',
  verify: 'has a verified email address.',
  delete: 'is deleted. The auth server makes the api delete their data.',
};

/** Printed instead if there was nothing to change. */
const unchanged: Partial<Record<ActionName, string>> = {
  grant: 'is already an administrator.',
  ungrant: 'is not an administrator.',
  unban: 'is not banned.',
  verify: 'already has a verified email address.',
};

/** Lists users, or does what an administrator can do. Also makes the first administrator. */
const { command, argument, reason, until } = readArguments();
const { AUTH_DATABASE_URL: url } = loadEnvironment(z.object({ AUTH_DATABASE_URL: postgresUrl() }), {
  defaults: { AUTH_DATABASE_URL: '${DATABASE_URL}' },
});
const database = { variable: findVariable('AUTH_DATABASE_URL', 'DATABASE_URL') };
await runCommand(async () => {
  const db = connectDatabase({ url, poolSize: 2 });
  try {
    await assertMigrated(db);
    await (command === 'list' ? printUsers(db, argument) : perform(db, command, argument));
  } finally {
    await db.destroy();
  }
}, database);

async function perform(db: Database, name: ActionName, email: string): Promise<void> {
  const user = await findUserByEmail(db, email);
  if (!user) {
    throw new StartupError(`No user has the email address ${email}. To find one: npm run auth:admin -- list`);
  }
  try {
    const action = { name, userId: user.id, reason, bannedUntil: until };
    const hasChanged = await performAction(db, 'command', action);
    console.log(`${email} ${hasChanged ? results[name] : unchanged[name]}`);
  } catch (error) {
    throw error instanceof AdminActionError ? new StartupError(error.message) : error;
  }
  if (name === 'grant' && !user.emailVerified) {
    console.log(
      'The email address is not verified. Make sure that this account belongs to the user you mean.',
    );
  }
}

async function printUsers(db: Database, search: string): Promise<void> {
  let cursor: string | undefined;
  do {
    const page = await listUsers(db, { search, cursor });
    if (page.users.length === 0) {
      console.log(search ? `No email address or name begins with "${search}".` : 'There are no users.');
    }
    for (const user of page.users) {
      console.log(describe(user));
    }
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
}

/** Without the name: its characters could control the terminal. */
function describe({ email, createdAt, isAdmin, emailVerified, isBanned, bannedUntil }: ListedUser): string {
  const ban = bannedUntil ? `banned until ${bannedUntil.toISOString()}` : 'banned';
  return [
    createdAt.slice(0, 10),
    email,
    ...(isAdmin ? ['admin'] : []),
    ...(emailVerified ? [] : ['not verified']),
    ...(isBanned ? [ban] : []),
  ].join('  ');
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { reason: { type: 'string' }, until: { type: 'string' }, help: { type: 'boolean' } },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    const [name = '', text = '', ...others] = positionals;
    if (name !== 'list' && !(Object.hasOwn(results, name) && text)) {
      throw new Error(
        Object.hasOwn(results, name)
          ? 'The email address is missing.'
          : name
            ? `The command ${JSON.stringify(name)} is unknown.`
            : 'The command is missing.',
      );
    }
    if (others.length > 0) {
      throw new Error('There are too many arguments.');
    }
    if (values.until !== undefined && name !== 'ban') {
      throw new Error('Only ban has --until.');
    }
    return {
      command: name as ActionName | 'list',
      argument: text,
      reason: values.reason,
      until: values.until === undefined ? undefined : parseDate(values.until),
    };
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(1);
  }
}

/** A date is midnight in UTC. */
function parseDate(text: string): Date {
  const date = new Date(text);
  const isDate = z.union([z.iso.date(), z.iso.datetime({ offset: true })]).safeParse(text).success;
  if (!isDate || date.getTime() <= Date.now()) {
    throw new Error(
      '--until must be a date in the future, for example 2030-12-31 or 2030-12-31T18:00+01:00.',
    );
  }
  return date;
}
