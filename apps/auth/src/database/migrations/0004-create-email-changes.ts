import type { Migration } from './migration.js';

/**
 * Creates the pending changes of email addresses, and the links that restore the previous address. While such a link
 * works, no other account can take the address.
 */
export const createEmailChanges: Migration = {
  name: '0004-create-email-changes',
  sql: `
    CREATE TABLE auth.email_changes (
      user_id text CONSTRAINT email_changes_pkey PRIMARY KEY
        CONSTRAINT email_changes_user_fkey REFERENCES auth."user" (id) ON DELETE CASCADE,
      new_email text NOT NULL,
      token_hash text NOT NULL CONSTRAINT email_changes_token_key UNIQUE,
      expires_at timestamptz NOT NULL
    );

    CREATE TABLE auth.email_restore_links (
      token_hash text CONSTRAINT email_restore_links_pkey PRIMARY KEY,
      user_id text NOT NULL CONSTRAINT email_restore_links_user_fkey REFERENCES auth."user" (id) ON DELETE CASCADE,
      email text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz NOT NULL
    );

    CREATE INDEX email_restore_links_user_idx ON auth.email_restore_links (user_id);
    CREATE INDEX email_restore_links_email_idx ON auth.email_restore_links (email);

    CREATE FUNCTION auth.reject_reserved_email() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF EXISTS (
        SELECT FROM auth.email_restore_links
        WHERE email = NEW.email AND user_id <> NEW.id AND expires_at > now()
      ) THEN
        RAISE unique_violation USING MESSAGE = 'The email address is reserved for the account that had it before.';
      END IF;
      RETURN NEW;
    END
    $$;

    CREATE TRIGGER reject_reserved_email BEFORE INSERT OR UPDATE OF email ON auth."user"
      FOR EACH ROW EXECUTE FUNCTION auth.reject_reserved_email();
  `,
};
