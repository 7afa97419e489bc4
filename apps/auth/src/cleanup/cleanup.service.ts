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

/** Deletes, once an hour, what has run out: Better Auth leaves most of it where it is. */
@Injectable()
export class CleanupService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Upkeep');
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
      await this.deleteOutdated();
    } catch (error) {
      this.logger.warn(`Outdated rows can't be deleted now: ${(error as Error).message}`);
    }
  }

  private async deleteOutdated(): Promise<void> {
    const { graceSeconds } = tokenLifetimes;
    const hourAgo = Date.now() - INTERVAL_MS;
    await sql`delete from auth."rateLimit" where "lastRequest" < ${hourAgo}`.execute(this.db);
    await sql`delete from auth.session where "expiresAt" < now()`.execute(this.db);
    await sql`delete from auth.verification where "expiresAt" < now()`.execute(this.db);
    await sql`
      delete from auth.jwks where "expiresAt" < now() - make_interval(secs => ${graceSeconds})`.execute(
      this.db,
    );
  }
}
