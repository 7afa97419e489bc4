import type { Migration } from './migration.js';

/**
 * Creates the bans of users, the audit log of administrators, and the indexes of their list of users. The log refers to users
 * without foreign keys, so that its rows outlive them.
 */
export const createBansAndAuditLog: Migration = {
  name: '0006-create-bans-and-audit-log',
  sql: `
    CREATE TABLE auth.bans (
      user_id text CONSTRAINT bans_pkey PRIMARY KEY
        CONSTRAINT bans_user_fkey REFERENCES auth."user" (id) ON DELETE CASCADE,
      reason text,
      expires_at timestamptz
    );

    CREATE TABLE auth.audit_log (
      id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT audit_log_pkey PRIMARY KEY,
      created_at timestamptz NOT NULL DEFAULT now(),
      actor_id text,
      actor_email text,
      action text NOT NULL,
      user_id text NOT NULL,
      user_email text NOT NULL,
      reason text,
      banned_until timestamptz
    );

    CREATE INDEX user_admin_idx ON auth."user" (id) WHERE roles @> '["admin"]';
    CREATE INDEX user_created_at_idx ON auth."user" ("createdAt", id);
    CREATE INDEX user_email_prefix_idx ON auth."user" (email text_pattern_ops);
    CREATE INDEX user_name_prefix_idx ON auth."user" (lower(name) text_pattern_ops);
  `,
};
