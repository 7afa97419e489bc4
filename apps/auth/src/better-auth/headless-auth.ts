import { type Database } from '../database/database.js';
import { Mailer } from '../mail/mailer.js';
import { authOptions, createAuth } from './auth.js';

function settings(secret: string) {
  return {
    baseUrl: 'http://localhost',
    secret,
    issuer: '',
    audience: '',
    trustedOrigins: [],
    requireEmailVerification: false,
    rateLimited: false,
    renewUnreadableKey: false,
  };
}

function parts(db: Database) {
  return { db, mailer: new Mailer(), log: () => {}, onAccountDeleted: () => {} };
}

/** The auth server's options, for a program that asks them for no more than how the tables look. */
export function headlessAuthOptions(db: Database) {
  return authOptions(settings(''), parts(db));
}

/** Better Auth for a program that serves nobody: it sends no mail, and its tokens say nothing. */
export function createHeadlessAuth(db: Database, secret: string) {
  return createAuth(settings(secret), parts(db));
}
