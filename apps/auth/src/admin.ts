import {
  findVariable,
  loadEnvironment,
  postgresUrl,
  runCommand,
  StartupError,
} from '@app/server/environment';
import { z } from 'zod';
import { type ActionName, AdminActionError, performAction } from './admin/admin-actions.js';
import { ADMIN_USAGE, type AdminCommand, parseAdminCommand } from './admin/admin-command.js';
import { findUserByEmail, type ListedUser, listUsers } from './admin/admin-lists.js';
import { connectDatabase, type Database } from './database/database.js';
import { assertMigrated } from './database/migrator.js';

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
const { name, argument, reason, until } = readArguments();
if (name === 'help') {
  console.log(ADMIN_USAGE);
  process.exit(0);
}
const { AUTH_DATABASE_URL: url } = loadEnvironment(z.object({ AUTH_DATABASE_URL: postgresUrl() }), {
  defaults: { AUTH_DATABASE_URL: '${DATABASE_URL}' },
});
const database = { variable: findVariable('AUTH_DATABASE_URL', 'DATABASE_URL') };
await runCommand(async () => {
  const db = connectDatabase({ url, poolSize: 2 });
  try {
    await assertMigrated(db);
    await (name === 'list' ? printUsers(db, argument) : perform(db, name, argument));
  } finally {
    await db.destroy();
  }
}, database);

async function perform(db: Database, action: ActionName, email: string): Promise<void> {
  const user = await findUserByEmail(db, email);
  if (!user) {
    throw new StartupError(`No user has the email address ${email}. To find one: npm run auth:admin -- list`);
  }
  try {
    const hasChanged = await performAction(db, 'command', {
      name: action,
      userId: user.id,
      reason,
      bannedUntil: until,
    });
    console.log(`${email} ${hasChanged ? results[action] : unchanged[action]}`);
  } catch (error) {
    throw error instanceof AdminActionError ? new StartupError(error.message) : error;
  }
  if (action === 'grant' && !user.emailVerified) {
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

function readArguments(): AdminCommand {
  try {
    return parseAdminCommand(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${ADMIN_USAGE}`);
    process.exit(1);
  }
}
