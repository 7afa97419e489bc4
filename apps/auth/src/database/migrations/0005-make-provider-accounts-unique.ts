import type { Migration } from './migration.js';

/**
 * Makes an account of a provider belong to one user. Two simultaneous sign-ins could insert it twice, and every later
 * sign-in then failed. The oldest row stays.
 */
export const makeProviderAccountsUnique: Migration = {
  name: '0005-make-provider-accounts-unique',
  sql: `
    DELETE FROM auth.account AS duplicate USING auth.account AS oldest
    WHERE duplicate."providerId" = oldest."providerId" AND duplicate."accountId" = oldest."accountId"
      AND (duplicate."createdAt", duplicate.id) > (oldest."createdAt", oldest.id);

    CREATE UNIQUE INDEX account_provider_key ON auth.account ("providerId", "accountId");
  `,
};
