import type { Migration } from './migration.js';

/** Creates the outbox of emails. Their content is encrypted, and they are deleted with the account they are about. */
export const createEmails: Migration = {
  name: '0003-create-emails',
  sql: `
    CREATE TABLE auth.emails (
      id uuid CONSTRAINT emails_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
      user_id text CONSTRAINT emails_user_fkey REFERENCES auth."user" (id) ON DELETE CASCADE,
      content text NOT NULL,
      expires_at timestamptz NOT NULL,
      attempts integer NOT NULL DEFAULT 0,
      next_attempt_at timestamptz NOT NULL DEFAULT now()
    );

    CREATE INDEX emails_next_attempt_idx ON auth.emails (next_attempt_at);
    CREATE INDEX emails_user_idx ON auth.emails (user_id);
  `,
};
