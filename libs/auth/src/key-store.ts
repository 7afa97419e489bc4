import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { InvalidTokenError, KeysUnavailableError } from './errors.js';
import { fetchKeySet, type KeySet } from './jwks-fetcher.js';
import { jwksFetches, watchKeyAge } from './metrics.js';
import type { TrustedKey } from './trusted-key.js';

const MIN_AGE_SECONDS = 60;
const DEFAULT_AGE_SECONDS = 300;
const MAX_AGE_SECONDS = 86_400;
const RETRY_AFTER_FAILURE_MS = 30_000;

/** So many fetches may be made at once, and one more for every interval that has passed. */
const FETCH_BURST = 5;
const FETCH_INTERVAL_MS = 5_000;

/** So many tokens may wait for their turn to fetch, and so long: a few after a rotation, never a flood. */
const MAX_WAITING = 100;
const MAX_WAIT_MS = 4_500;

/**
 * The public keys of an issuer, always the whole set. A known key answers at once, however old the copy is: it is
 * refreshed in the background, and only a fetch that succeeds without a key retires it. An unknown key is looked for
 * with a fetch that all who wait share, and the number of fetches is limited, however many unknown keys are asked for.
 */
export class KeyStore {
  private readonly logger = new Logger(KeyStore.name);
  private keys: KeySet['keys'] = new Map();
  /** When the last successful fetch began. */
  private succeededAt = Number.NEGATIVE_INFINITY;
  private refreshAt = 0;
  /** Whether the last fetch did. */
  private failed = false;
  private waiting = 0;
  private fetching: Promise<void> | undefined;
  private budget = FETCH_BURST;
  private budgetCountedAt = performance.now();

  constructor(private readonly jwksUrl: string) {
    watchKeyAge(() => (this.keys.size > 0 ? (performance.now() - this.succeededAt) / 1000 : undefined));
  }

  /** Fetches the keys without being asked for one; a failure is logged and changes nothing. */
  async prefetch(): Promise<void> {
    await this.fetch(false)?.catch(() => {});
  }

  /** The key of that name, where it is known. */
  known(kid: string): TrustedKey | undefined {
    if (performance.now() > this.refreshAt && !this.fetching) {
      this.refreshAt = performance.now() + RETRY_AFTER_FAILURE_MS;
      void this.prefetch();
    }
    return this.keys.get(kid);
  }

  /**
   * The key of that name, from a set that was fetched after `since` where it is not known already.
   * @param since when the token came, by `performance.now()`
   * @throws InvalidTokenError where such a set does not hold it.
   * @throws KeysUnavailableError where no such set can be had now.
   */
  async find(kid: string, since: number): Promise<TrustedKey> {
    while (true) {
      const key = this.keys.get(kid);
      if (key) {
        return key;
      }
      if (this.succeededAt >= since) {
        throw new InvalidTokenError('unknown_key', 'The token was signed with a key that is not in use.', {
          kid,
        });
      }
      const fetch = this.fetching ?? this.fetch(true);
      if (fetch) {
        await fetch.catch((cause) => {
          throw new KeysUnavailableError(this.secondsToNextFetch(), { cause });
        });
      } else {
        await this.waitForTurn(since);
      }
    }
  }

  /** @throws KeysUnavailableError where it would take too long, too many wait, or the issuer is down anyway. */
  private async waitForTurn(since: number): Promise<void> {
    const milliseconds = this.millisecondsToNextFetch();
    const late = performance.now() + milliseconds > since + MAX_WAIT_MS;
    if (late || this.failed || this.waiting >= MAX_WAITING) {
      throw new KeysUnavailableError(this.secondsToNextFetch());
    }
    this.waiting += 1;
    await sleep(milliseconds);
    this.waiting -= 1;
  }

  /** Starts a fetch, or joins the one under way; undefined where too many were made. */
  private fetch(fresh: boolean): Promise<void> | undefined {
    if (!this.fetching && this.takeFromBudget()) {
      this.fetching = this.load(fresh).finally(() => {
        this.fetching = undefined;
      });
    }
    return this.fetching;
  }

  private async load(fresh: boolean): Promise<void> {
    const begun = performance.now();
    try {
      const { keys, maxAgeSeconds = DEFAULT_AGE_SECONDS } = await fetchKeySet(this.jwksUrl, fresh);
      const age = Math.min(Math.max(maxAgeSeconds, MIN_AGE_SECONDS), MAX_AGE_SECONDS);
      this.keys = keys;
      this.succeededAt = begun;
      this.failed = false;
      this.refreshAt = begun + age * 1000;
      jwksFetches.inc({ outcome: 'success' });
    } catch (error) {
      this.failed = true;
      this.refreshAt = begun + RETRY_AFTER_FAILURE_MS;
      jwksFetches.inc({ outcome: 'failure' });
      const { message, cause } = error as Error;
      this.logger.warn(
        `The keys at ${this.jwksUrl} cannot be had: ${message} ${(cause as Error)?.message ?? ''}`.trim(),
      );
      throw error;
    }
  }

  private takeFromBudget(): boolean {
    const now = performance.now();
    this.budget = Math.min(FETCH_BURST, this.budget + (now - this.budgetCountedAt) / FETCH_INTERVAL_MS);
    this.budgetCountedAt = now;
    if (this.budget < 1) {
      return false;
    }
    this.budget -= 1;
    return true;
  }

  private millisecondsToNextFetch(): number {
    const earned = this.budget + (performance.now() - this.budgetCountedAt) / FETCH_INTERVAL_MS;
    return Math.max(0, (1 - earned) * FETCH_INTERVAL_MS);
  }

  private secondsToNextFetch(): number {
    return Math.max(1, Math.ceil(this.millisecondsToNextFetch() / 1000));
  }
}
