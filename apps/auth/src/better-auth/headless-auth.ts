import { type Database } from '../database/database.js';
import { authOptions, createAuth } from './auth.js';

function settings(secret: string) {
  return {
    baseUrl: 'http://localhost',
    secret,
    issuer: '',
    audience: '',
    trustedOrigins: [],
    requireEmailVerification: false,
    socialProviders: {},
    rateLimitsEnabled: false,
    replaceUnreadableSigningKey: false,
  };
}

function dependencies(db: Database) {
  return {
    db,
    mailer: { available: false, send: async () => {}, runInBackground: () => {} },
    log: () => {},
    onAccountDeleted: () => {},
  };
}

/** Returns Better Auth's options for a migration, which only reads the tables from them. */
export function headlessAuthOptions(db: Database) {
  return authOptions(settings(''), dependencies(db));
}

/** Creates a Better Auth instance for a command that serves no requests. It sends no email and issues no usable tokens. */
export function createHeadlessAuth(db: Database, secret: string) {
  return createAuth(settings(secret), dependencies(db));
}
