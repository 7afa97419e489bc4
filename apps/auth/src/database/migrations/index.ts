import { createErasures } from './0001-create-erasures.js';
import { renameErasuresToAccountDeletions } from './0002-rename-erasures-to-account-deletions.js';
import { createEmails } from './0003-create-emails.js';
import { createEmailChanges } from './0004-create-email-changes.js';
import { makeProviderAccountsUnique } from './0005-make-provider-accounts-unique.js';
import { createBansAndAuditLog } from './0006-create-bans-and-audit-log.js';
import { createPersonalTokens } from './0007-create-personal-tokens.js';
import type { Migration } from './migration.js';

/** The auth server's own migrations, in order. They run after Better Auth has created or altered its tables. */
export const migrations: Migration[] = [
  createErasures,
  renameErasuresToAccountDeletions,
  createEmails,
  createEmailChanges,
  makeProviderAccountsUnique,
  createBansAndAuditLog,
  createPersonalTokens,
];
