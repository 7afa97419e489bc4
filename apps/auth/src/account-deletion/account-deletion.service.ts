import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { sql } from 'kysely';
import { AccountDeletedEvents } from '../better-auth/account-deleted-events.js';
import { AUTH } from '../better-auth/auth.constants.js';
import type { Auth } from '../better-auth/auth.js';
import { type Database, DATABASE } from '../database/database.js';
import { tokenLifetimes } from '../signing-keys/token-lifetimes.js';
import { singleFlight } from '../single-flight.js';

export const ACCOUNT_DELETION_OPTIONS = Symbol('AccountDeletionOptions');

export interface AccountDeletionOptions {
  /** Origin of the api. Without it, account deletions stay queued. */
  apiUrl?: string;
}

interface AccountDeletion {
  userId: string;
  attempts: number;
  /** True if the user's last token has expired, so no new data can appear after this deletion. */
  final: boolean;
}

const POLL_INTERVAL_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;
const MAX_RETRY_DELAY_SECONDS = 300;

/** Longer than a request can take, so that no other process takes over a deletion that is still in progress. */
const LEASE_SECONDS = 30;

/** From the deletion of an account until its last token has expired everywhere. */
const TOKEN_EXPIRY_SECONDS = tokenLifetimes.tokenSeconds + tokenLifetimes.leewaySeconds;

/**
 * Delivers account deletions to the api. `auth.account_deletions` is a transactional outbox: a trigger inserts a row in
 * the transaction that deletes the user, so a crash loses none. Processes lease rows instead of locking them, and retry
 * failures with exponential backoff.
 *
 * A token issued before the deletion can still write data, so each deletion is sent again when the last one has expired.
 */
@Injectable()
export class AccountDeletionService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('AccountDeletion');
  private readonly shutdown = new AbortController();
  private timer?: NodeJS.Timeout;
  private readonly deliverDue = singleFlight(() => this.deliverAllDue());

  constructor(
    @Inject(DATABASE) private readonly db: Database,
    @Inject(AUTH) private readonly auth: Auth,
    @Inject(ACCOUNT_DELETION_OPTIONS) private readonly options: AccountDeletionOptions,
    private readonly accountDeleted: AccountDeletedEvents,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.options.apiUrl) {
      this.logger.warn('API_INTERNAL_URL is not set. Account deletions stay queued until you set it.');
      return;
    }
    this.accountDeleted.subscribe(() => void this.deliverDue());
    this.timer = setInterval(() => void this.deliverDue(), POLL_INTERVAL_MS);
    void this.deliverDue();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.shutdown.abort();
    await this.deliverDue();
  }

  private async deliverAllDue(): Promise<void> {
    try {
      while (!this.shutdown.signal.aborted) {
        const deletion = await this.lease();
        if (!deletion) {
          return;
        }
        await this.deliver(deletion);
      }
    } catch (error) {
      this.logger.warn(`Could not read or update the queued account deletions: ${(error as Error).message}`);
    }
  }

  private async lease(): Promise<AccountDeletion | undefined> {
    const { rows } = await sql<AccountDeletion>`
      UPDATE auth.account_deletions
      SET attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => ${LEASE_SECONDS})
      WHERE user_id = (
        SELECT user_id FROM auth.account_deletions WHERE next_attempt_at <= now()
        ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED
      )
      RETURNING user_id AS "userId", attempts,
        requested_at + make_interval(secs => ${TOKEN_EXPIRY_SECONDS}) <= now() AS final`.execute(this.db);
    return rows[0];
  }

  private async deliver(deletion: AccountDeletion): Promise<void> {
    try {
      await this.sendToApi(deletion.userId);
    } catch (error) {
      await this.scheduleRetry(deletion, error as Error);
      return;
    }
    await this.complete(deletion);
  }

  private async sendToApi(userId: string): Promise<void> {
    const { token } = await this.auth.api.signJWT({
      body: { payload: { sub: userId, iat: Math.floor(Date.now() / 1000) } },
    });
    const response = await fetch(`${this.options.apiUrl}/api/me`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}` },
      // A redirect must not carry the token to another server.
      redirect: 'manual',
      signal: AbortSignal.any([this.shutdown.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    });
    await response.body?.cancel();
    if (response.status !== 204) {
      throw new Error(`the api responded with ${response.status}`);
    }
  }

  private async scheduleRetry({ userId, attempts }: AccountDeletion, error: Error): Promise<void> {
    const delaySeconds = Math.min(2 ** (attempts - 1), MAX_RETRY_DELAY_SECONDS);
    await sql`
      UPDATE auth.account_deletions SET next_attempt_at = now() + make_interval(secs => ${delaySeconds})
      WHERE user_id = ${userId}`.execute(this.db);
    const reason = error.cause instanceof Error ? error.cause.message : error.message;
    this.logger.warn(
      `Could not delete the data of user ${userId} (${reason}). Retrying in ${delaySeconds} s.`,
    );
  }

  private async complete({ userId, final }: AccountDeletion): Promise<void> {
    if (final) {
      await sql`DELETE FROM auth.account_deletions WHERE user_id = ${userId}`.execute(this.db);
      this.logger.log(`Deleted the data of user ${userId}. The account deletion is complete.`);
      return;
    }
    await sql`
      UPDATE auth.account_deletions
      SET attempts = 0, next_attempt_at = requested_at + make_interval(secs => ${TOKEN_EXPIRY_SECONDS})
      WHERE user_id = ${userId}`.execute(this.db);
    this.logger.log(`Deleted the data of user ${userId}. Repeating when the user's last token has expired.`);
  }
}
