import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { sql } from 'kysely';
import { type Database, DATABASE } from '../database/database.js';
import type { Auth } from '../better-auth/auth.js';
import { AccountDeletedEvents, AUTH } from '../better-auth/auth.constants.js';
import { singleFlight } from '../single-flight.js';
import { tokenLifetimes } from '../signing-keys/token-lifetimes.js';

export const ACCOUNT_DELETION_OPTIONS = Symbol('AccountDeletionOptions');

export interface AccountDeletionOptions {
  /** Origin of the api; none where the auth server was not told. */
  apiUrl?: string;
}

interface Erasure {
  userId: string;
  attempts: number;
  /** True where no token of that user can write anything any more. */
  final: boolean;
}

const POLL_INTERVAL_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;
const MAX_DELAY_SECONDS = 300;

/** How long a process that claimed an erasure has it to itself: longer than a request takes. */
const LEASE_SECONDS = 30;

/** When the last token that a deleted account may have got is dead. */
const TOKENS_DEAD_SECONDS = tokenLifetimes.tokenSeconds + tokenLifetimes.leewaySeconds;

/**
 * Has the api erase what it keeps of deleted accounts: at once, again and again until it did, and once more when their
 * last token is dead. What is owed stands in `auth.erasures`, which all processes share and no crash forgets.
 */
@Injectable()
export class AccountDeletionService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Erasures');
  private readonly stopping = new AbortController();
  private timer?: NodeJS.Timeout;
  private readonly eraseDue = singleFlight(() => this.eraseEveryDue());

  constructor(
    @Inject(DATABASE) private readonly db: Database,
    @Inject(AUTH) private readonly auth: Auth,
    @Inject(ACCOUNT_DELETION_OPTIONS) private readonly options: AccountDeletionOptions,
    private readonly deletions: AccountDeletedEvents,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.options.apiUrl) {
      this.logger.warn('API_INTERNAL_URL is not set: the api is not told of deleted accounts until it is.');
      return;
    }
    this.deletions.subscribe(() => void this.eraseDue());
    this.timer = setInterval(() => void this.eraseDue(), POLL_INTERVAL_MS);
    void this.eraseDue();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort();
    await this.eraseDue();
  }

  private async eraseEveryDue(): Promise<void> {
    try {
      while (!this.stopping.signal.aborted) {
        const erasure = await this.claim();
        if (!erasure) return;
        await this.erase(erasure);
      }
    } catch (error) {
      this.logger.warn(`Owed erasures can't be read now: ${(error as Error).message}`);
    }
  }

  private async claim(): Promise<Erasure | undefined> {
    const { rows } = await sql<Erasure>`
      update auth.erasures
      set attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => ${LEASE_SECONDS})
      where user_id = (
        select user_id from auth.erasures where next_attempt_at <= now()
        order by next_attempt_at limit 1 for update skip locked
      )
      returning user_id as "userId", attempts,
        requested_at + make_interval(secs => ${TOKENS_DEAD_SECONDS}) <= now() as final`.execute(this.db);
    return rows[0];
  }

  private async erase(erasure: Erasure): Promise<void> {
    try {
      await this.askApi(erasure.userId);
    } catch (error) {
      await this.postpone(erasure, error as Error);
      return;
    }
    await this.settle(erasure);
  }

  private async askApi(userId: string): Promise<void> {
    const { token } = await this.auth.api.signJWT({
      body: { payload: { sub: userId, iat: Math.floor(Date.now() / 1000) } },
    });
    const response = await fetch(`${this.options.apiUrl}/api/me`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}` },
      redirect: 'manual',
      signal: AbortSignal.any([this.stopping.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    });
    await response.body?.cancel();
    if (response.status !== 204) throw new Error(`the api answered ${response.status}`);
  }

  private async postpone({ userId, attempts }: Erasure, error: Error): Promise<void> {
    const delaySeconds = Math.min(2 ** (attempts - 1), MAX_DELAY_SECONDS);
    await sql`
      update auth.erasures set next_attempt_at = now() + make_interval(secs => ${delaySeconds})
      where user_id = ${userId}`.execute(this.db);
    const reason = error.cause instanceof Error ? error.cause.message : error.message;
    this.logger.warn(
      `The rows of ${userId} are not erased yet (${reason}): next attempt in ${delaySeconds} s`,
    );
  }

  private async settle({ userId, final }: Erasure): Promise<void> {
    if (final) {
      await sql`delete from auth.erasures where user_id = ${userId}`.execute(this.db);
    } else {
      await sql`
        update auth.erasures
        set attempts = 0, next_attempt_at = requested_at + make_interval(secs => ${TOKENS_DEAD_SECONDS})
        where user_id = ${userId}`.execute(this.db);
    }
    this.logger.log(`The api has erased the rows of ${userId}${final ? ' for good' : ''}`);
  }
}
