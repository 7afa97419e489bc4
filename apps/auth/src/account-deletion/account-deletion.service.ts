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
import { type OutboxEntry, OutboxWorker } from '../outbox/outbox-worker.js';
import { tokenLifetimes } from '../signing-keys/token-lifetimes.js';

export const ACCOUNT_DELETION_OPTIONS = Symbol('AccountDeletionOptions');

export interface AccountDeletionOptions {
  /** Origin of the api. Without it, account deletions stay queued. */
  apiUrl?: string;
}

/** Its `id` is the user's. */
interface AccountDeletion extends OutboxEntry {
  /** True if the user's last token has expired, so no new data can appear after this deletion. */
  final: boolean;
}

const REQUEST_TIMEOUT_MS = 10_000;
const LEASE_SECONDS = 30;

/** From the deletion of an account until its last token has expired everywhere. */
const TOKEN_EXPIRY_SECONDS = tokenLifetimes.tokenSeconds + tokenLifetimes.leewaySeconds;

/**
 * Delivers account deletions to the api. `auth.account_deletions` is a transactional outbox: a trigger inserts a row in
 * the transaction that deletes the user, so a crash loses none.
 *
 * A token issued before the deletion can still write data, so each deletion is sent again when the last one has expired.
 */
@Injectable()
export class AccountDeletionService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('AccountDeletion');
  private readonly worker: OutboxWorker<AccountDeletion>;

  constructor(
    @Inject(DATABASE) private readonly db: Database,
    @Inject(AUTH) private readonly auth: Auth,
    @Inject(ACCOUNT_DELETION_OPTIONS) private readonly options: AccountDeletionOptions,
    private readonly accountDeleted: AccountDeletedEvents,
  ) {
    this.worker = new OutboxWorker<AccountDeletion>(db, {
      table: 'auth.account_deletions',
      key: 'user_id',
      columns: sql`requested_at + make_interval(secs => ${TOKEN_EXPIRY_SECONDS}) <= now() AS final`,
      concurrency: 1,
      leaseSeconds: LEASE_SECONDS,
      logger: this.logger,
      deliver: ({ id }) => this.sendToApi(id),
      complete: (deletion) => this.complete(deletion),
      describeFailure: ({ id }, error) => {
        const reason = error.cause instanceof Error ? error.cause.message : error.message;
        return `Could not delete the data of user ${id} (${reason}).`;
      },
    });
  }

  onApplicationBootstrap(): void {
    if (!this.options.apiUrl) {
      this.logger.warn('API_INTERNAL_URL is not set. Account deletions stay queued until you set it.');
      return;
    }
    this.accountDeleted.subscribe(() => this.worker.wake());
    this.worker.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.worker.stop();
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
      signal: AbortSignal.any([this.worker.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    });
    await response.body?.cancel();
    if (response.status !== 204) {
      throw new Error(`the api responded with ${response.status}`);
    }
  }

  private async complete({ id, final }: AccountDeletion): Promise<void> {
    if (final) {
      await sql`DELETE FROM auth.account_deletions WHERE user_id = ${id}`.execute(this.db);
      this.logger.log(`Deleted the data of user ${id}. The account deletion is complete.`);
      return;
    }
    await sql`
      UPDATE auth.account_deletions
      SET attempts = 0, next_attempt_at = requested_at + make_interval(secs => ${TOKEN_EXPIRY_SECONDS})
      WHERE user_id = ${id}`.execute(this.db);
    this.logger.log(`Deleted the data of user ${id}. Repeating when the user's last token has expired.`);
  }
}
