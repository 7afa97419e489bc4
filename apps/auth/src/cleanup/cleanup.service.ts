import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { sql, type RawBuilder } from 'kysely';
import { type Database, DATABASE } from '../database/database.js';
import { tokenLifetimes } from '../signing-keys/token-lifetimes.js';

const INTERVAL_MS = 60 * 60 * 1000;

/** One statement for any number of rows would exceed the time limit of statements, and delete nothing. */
const BATCH_ROWS = 1_000;

/** At least the longest window of a rate limit. */
const RATE_LIMIT_RETENTION_MS = 60 * 60 * 1000;

/** The audit log contains email addresses, also of deleted accounts. */
const AUDIT_LOG_RETENTION_DAYS = 365;

/** Users see in their list of personal tokens why a script stopped working. */
const EXPIRED_TOKEN_DAYS = 30;

/** By table. Counters contain the time of the database in milliseconds since 1970. */
const EXPIRED: Record<string, RawBuilder<unknown>> = {
  rateLimit: sql`"lastRequest" < extract(epoch FROM now()) * 1000 - ${RATE_LIMIT_RETENTION_MS}`,
  session: sql`"expiresAt" < now()`,
  verification: sql`"expiresAt" < now()`,
  emails: sql`expires_at <= now()`,
  email_changes: sql`expires_at <= now()`,
  email_restore_links: sql`expires_at <= now()`,
  bans: sql`expires_at <= now()`,
  audit_log: sql`created_at < now() - make_interval(days => ${AUDIT_LOG_RETENTION_DAYS})`,
  personal_tokens: sql`expires_at <= now() - make_interval(days => ${EXPIRED_TOKEN_DAYS})`,
  jwks: sql`"expiresAt" < now() - make_interval(secs => ${tokenLifetimes.graceSeconds})`,
};

/** Deletes expired sessions, links, emails, personal tokens, keys and rate-limit counters: Better Auth keeps most of them. */
@Injectable()
export class CleanupService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Cleanup');
  private timer?: NodeJS.Timeout;
  private isStopped = false;

  constructor(@Inject(DATABASE) private readonly db: Database) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.run(), INTERVAL_MS).unref();
  }

  beforeApplicationShutdown(): void {
    this.isStopped = true;
    clearInterval(this.timer);
  }

  async run(): Promise<void> {
    try {
      for (const [table, isExpired] of Object.entries(EXPIRED)) {
        await this.deleteInBatches(table, isExpired);
      }
    } catch (error) {
      this.logger.warn(`Could not delete expired rows: ${(error as Error).message}`);
    }
  }

  /** Every process deletes, so a batch skips the rows of the others. */
  private async deleteInBatches(table: string, isExpired: RawBuilder<unknown>): Promise<void> {
    const target = sql.table(`auth.${table}`);
    let deleted = BATCH_ROWS;
    while (deleted === BATCH_ROWS && !this.isStopped) {
      const { numAffectedRows } = await sql`
        DELETE FROM ${target} WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM ${target} WHERE ${isExpired} LIMIT ${BATCH_ROWS} FOR UPDATE SKIP LOCKED
        ))`.execute(this.db);
      deleted = Number(numAffectedRows);
    }
  }
}
