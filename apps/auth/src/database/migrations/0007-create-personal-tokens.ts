import type { Migration } from './migration.js';

/** Creates the personal access tokens of users. The database has only their hashes. */
export const createPersonalTokens: Migration = {
  name: '0007-create-personal-tokens',
  sql: `
    CREATE TABLE auth.personal_tokens (
      id uuid CONSTRAINT personal_tokens_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
      user_id text NOT NULL CONSTRAINT personal_tokens_user_fkey REFERENCES auth."user" (id) ON DELETE CASCADE,
      name text NOT NULL,
      token_hash text NOT NULL CONSTRAINT personal_tokens_token_key UNIQUE,
      last_characters text NOT NULL,
      scopes text[] NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz NOT NULL,
      last_used_at timestamptz
    );

    CREATE INDEX personal_tokens_user_idx ON auth.personal_tokens (user_id);
  `,
};
