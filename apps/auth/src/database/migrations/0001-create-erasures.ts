import type { Migration } from './migration.js';

/** What the api still has to erase of deleted accounts: noted in the transaction that deletes one, whoever does. */
export const createErasures: Migration = {
  name: '0001-create-erasures',
  sql: `
    create table auth.erasures (
      user_id text constraint erasures_pkey primary key,
      requested_at timestamptz not null default now(),
      attempts integer not null default 0,
      next_attempt_at timestamptz not null default now()
    );

    create index erasures_next_attempt_idx on auth.erasures (next_attempt_at);

    create function auth.owe_erasure() returns trigger language plpgsql as $$
    begin
      insert into auth.erasures (user_id) values (old.id) on conflict (user_id) do nothing;
      return null;
    end
    $$;

    create trigger owe_erasure after delete on auth."user"
      for each row execute function auth.owe_erasure();
  `,
};
