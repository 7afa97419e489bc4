import type { Migration } from './migration.js';

/** Creates the outbox of account deletions. The trigger fills it in the transaction that deletes a user. */
export const createErasures: Migration = {
  name: '0001-create-erasures',
  sql: `
    CREATE TABLE auth.erasures (
      user_id text CONSTRAINT erasures_pkey PRIMARY KEY,
      requested_at timestamptz NOT NULL DEFAULT now(),
      attempts integer NOT NULL DEFAULT 0,
      next_attempt_at timestamptz NOT NULL DEFAULT now()
    );

    CREATE INDEX erasures_next_attempt_idx ON auth.erasures (next_attempt_at);

    CREATE FUNCTION auth.owe_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO auth.erasures (user_id) VALUES (OLD.id) ON CONFLICT (user_id) DO NOTHING;
      RETURN NULL;
    END
    $$;

    CREATE TRIGGER owe_erasure AFTER DELETE ON auth."user"
      FOR EACH ROW EXECUTE FUNCTION auth.owe_erasure();
  `,
};
