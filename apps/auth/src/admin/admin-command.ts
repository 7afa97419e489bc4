import { parseArgs } from 'node:util';
import { z } from 'zod';
import { ACTION_NAMES, type ActionName } from './admin-actions.js';

export const ADMIN_USAGE = `Usage: npm run auth:admin -- COMMAND

  list [SEARCH]    lists users, the newest first, whose email address or name begins with SEARCH
  grant EMAIL      makes a user an administrator
  ungrant EMAIL    removes the role of an administrator
  ban EMAIL        ends all sessions of a user and prevents new ones; with --until DATE, until then
  unban EMAIL      ends a ban
  sign-out EMAIL   ends all sessions of a user and revokes their personal access tokens
  verify EMAIL     marks the email address of a user as verified
  delete EMAIL     deletes a user and all their data

  --reason TEXT    is recorded
  --until DATE     for example 2030-12-31, which is midnight in UTC, or 2030-12-31T18:00:00+01:00`;

export interface AdminCommand {
  name: ActionName | 'list' | 'help';
  /** An email address, or what `list` searches. */
  argument: string;
  reason?: string;
  /** The end of a ban. */
  until?: Date;
}

/**
 * Parses the arguments of `npm run auth:admin`.
 * @throws Error whose message is printed above the usage
 */
export function parseAdminCommand(args: string[]): AdminCommand {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { reason: { type: 'string' }, until: { type: 'string' }, help: { type: 'boolean' } },
  });
  const { reason, until } = values;
  const [word, argument = '', ...others] = positionals;
  if (values.help) {
    return { name: 'help', argument: '' };
  }
  if (word === undefined) {
    throw new Error('The command is missing.');
  }
  const name = (['list', ...ACTION_NAMES] as const).find((known) => known === word);
  if (!name) {
    throw new Error(`The command ${JSON.stringify(word)} is unknown.`);
  }
  if (name !== 'list' && !argument) {
    throw new Error('The email address is missing.');
  }
  if (others.length > 0) {
    throw new Error('There are too many arguments.');
  }
  if (until !== undefined && name !== 'ban') {
    throw new Error('Only ban has --until.');
  }
  return { name, argument, reason, until: until === undefined ? undefined : parseDate(until) };
}

/** A date is midnight in UTC. */
function parseDate(text: string): Date {
  const date = new Date(text);
  const isDate = z.union([z.iso.date(), z.iso.datetime({ offset: true })]).safeParse(text).success;
  if (!isDate || date.getTime() <= Date.now()) {
    throw new Error(
      '--until must be a date in the future, for example 2030-12-31 or 2030-12-31T18:00:00+01:00.',
    );
  }
  return date;
}
