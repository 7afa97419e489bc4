import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { sql } from 'kysely';
import { type Database, DATABASE } from '../database/database.js';
import { tokenLifetimes } from '../signing-keys/token-lifetimes.js';

const INTERVAL_MS = 60 * 60 * 1000;

/** At least the longest window of a rate limit. */
const RATE_LIMIT_RETENTION_MS = 60 * 60 * 1000;

/** Deletes expired sessions, links, keys and rate-limit counters: Better Auth keeps most of them. */
@Injectable()
export class CleanupService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Cleanup');
  private timer?: NodeJS.Timeout;

  constructor(@Inject(DATABASE) private readonly db: Database) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.run(), INTERVAL_MS).unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  async run(): Promise<void> {
    try {
      await this.deleteExpired();
    } catch (error) {
      this.logger.warn(`Could not delete expired rows: ${(error as Error).message}`);
    }
  }

  private async deleteExpired(): Promise<void> {
    const { graceSeconds } = tokenLifetimes;
    const oldestCounter = Date.now() - RATE_LIMIT_RETENTION_MS;
    await sql`DELETE FROM auth."rateLimit" WHERE "lastRequest" < ${oldestCounter}`.execute(this.db);
    await sql`DELETE FROM auth.session WHERE "expiresAt" < now()`.execute(this.db);
    await sql`DELETE FROM auth.verification WHERE "expiresAt" < now()`.execute(this.db);
    await sql`
      DELETE FROM auth.jwks WHERE "expiresAt" < now() - make_interval(secs => ${graceSeconds})`.execute(
      this.db,
    );
  }
}
