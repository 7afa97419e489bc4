import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { InvalidTokenError, KeysUnavailableError } from './errors.js';
import { FetchBudget } from './fetch-budget.js';
import { fetchKeySet, type KeysByKid } from './key-set.js';
import { withoutQuery } from './jwks-download.js';
import { jwksFetches, watchKeyAge } from './metrics.js';
import { withTimeLimit } from './time-limit.js';
import type { TrustedKey } from './trusted-key.js';

const MIN_AGE_SECONDS = 60;
const DEFAULT_AGE_SECONDS = 300;
const MAX_AGE_SECONDS = 3_600;
const RETRY_AFTER_FAILURE_MS = 30_000;

/** So long may a token wait for its key, and so many tokens for their turn to fetch. */
const MAX_WAIT_MS = 9_500;
const MAX_WAITING = 100;

/**
 * The public keys of an issuer, always the whole set. A known key answers at once, however old the copy is: it is
 * refreshed in the background, and only a fetch that succeeds without a key retires it. An unknown key is looked for
 * with a fetch that all who wait share, and the number of fetches is limited, however many unknown keys are asked for.
 */
export class KeyStore implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(KeyStore.name);
  private readonly budget = new FetchBudget();
  private keys: KeysByKid = new Map();
  private fetchesBegun = 0;
  /** Which fetch the keys are from, the first being 1. */
  private fetchOfKeys = 0;
  private triedAt = performance.now();
  private fetchedAt = performance.now();
  /** Whether a cache answered the last fetch, with a copy that may be from before a token came. */
  private fromCache = false;
  /** Whether the last fetch found a key that was not known before it. */
  private foundNewKey = false;
  private waiting = 0;
  private fetching: Promise<void> | undefined;
  private refreshTimer: NodeJS.Timeout | undefined;
  private stopped = false;

  /** @throws Error for an address that is none, or holds a password, which would stand in the log. */
  constructor(private readonly jwksUrl: string) {
    const { protocol, username, password } = new URL(jwksUrl);
    if (!/^https?:$/.test(protocol) || username || password) {
      throw new Error('The address of the keys must be http(s)://…, without a user name or a password.');
    }
    watchKeyAge(() => (performance.now() - this.fetchedAt) / 1000);
  }

  /** Fetches the keys without holding up the start. */
  onModuleInit(): void {
    void this.refresh();
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.refreshTimer);
  }

  /** The keys of that name, where it is known. */
  known(kid: string): readonly TrustedKey[] | undefined {
    return this.keys.get(kid);
  }

  /**
   * A known key does not verify a token that names it. The issuer may have put another key under the name, so the keys
   * are refreshed in the background, but not within a minute of the last time.
   */
  doubt(): void {
    if (performance.now() - this.triedAt > MIN_AGE_SECONDS * 1000) {
      void this.refresh();
    }
  }

  /**
   * The keys of that name, from a set whose fetch began after this call where it is not known already.
   * @throws InvalidTokenError where such a set does not hold it.
   * @throws KeysUnavailableError where no such set can be had now, or within 10 s, or from a cache alone.
   */
  find(kid: string): Promise<readonly TrustedKey[]> {
    return withTimeLimit(
      MAX_WAIT_MS,
      () => this.unavailable(),
      () => this.search(kid, this.fetchesBegun),
    );
  }

  private async search(kid: string, fetchesBefore: number): Promise<readonly TrustedKey[]> {
    while (true) {
      const keys = this.keys.get(kid);
      if (keys) {
        return keys;
      }
      if (this.fetchOfKeys > fetchesBefore) {
        throw this.fromCache
          ? this.unavailable()
          : new InvalidTokenError('unknown_key', 'The token was signed with a key that is not in use.');
      }
      const fetch = this.fetch();
      if (fetch) {
        await fetch;
      } else {
        await this.waitForTurn();
      }
    }
  }

  /**
   * Only where the last fetch brought a new key, so that this token may well be signed with one more: after a flood of
   * unknown keys, or a failure, nobody waits.
   * @throws KeysUnavailableError
   */
  private async waitForTurn(): Promise<void> {
    if (!this.foundNewKey || this.waiting >= MAX_WAITING) {
      throw this.unavailable();
    }
    this.waiting += 1;
    await sleep(this.budget.millisecondsToNext());
    this.waiting -= 1;
  }

  /** Starts a fetch, or joins the one under way; undefined where too many were made. */
  private fetch(): Promise<void> | undefined {
    if (!this.fetching && this.budget.take()) {
      this.fetching = this.load().finally(() => {
        this.fetching = undefined;
      });
    }
    return this.fetching;
  }

  /** @throws KeysUnavailableError, and leaves everything as it was. */
  private async load(): Promise<void> {
    const fetch = ++this.fetchesBegun;
    const begunAt = performance.now();
    this.triedAt = begunAt;
    let nextInMs = RETRY_AFTER_FAILURE_MS;
    try {
      const { keys, ageSeconds, maxAgeSeconds = DEFAULT_AGE_SECONDS } = await fetchKeySet(this.jwksUrl);
      nextInMs = Math.min(Math.max(maxAgeSeconds, MIN_AGE_SECONDS), MAX_AGE_SECONDS) * 1000;
      this.foundNewKey = [...keys.keys()].some((kid) => !this.keys.has(kid));
      this.keys = keys;
      this.fetchOfKeys = fetch;
      this.fetchedAt = begunAt;
      this.fromCache = ageSeconds > 0;
      jwksFetches.inc({ outcome: 'success' });
    } catch (error) {
      this.foundNewKey = false;
      jwksFetches.inc({ outcome: 'failure' });
      this.logger.warn(`The keys at ${withoutQuery(this.jwksUrl)} cannot be had: ${reasonOf(error)}`);
      throw this.unavailable();
    } finally {
      this.refreshIn(nextInMs);
    }
  }

  private refreshIn(milliseconds: number): void {
    clearTimeout(this.refreshTimer);
    if (!this.stopped) {
      this.refreshTimer = setTimeout(() => void this.refresh(), milliseconds).unref();
    }
  }

  /** A failure has been logged, and changes nothing: it is tried again later. */
  private async refresh(): Promise<void> {
    const fetch = this.fetch();
    if (fetch) {
      await fetch.catch(() => {});
    } else {
      this.refreshIn(this.budget.millisecondsToNext());
    }
  }

  private unavailable(): KeysUnavailableError {
    return new KeysUnavailableError(Math.max(1, Math.ceil(this.budget.millisecondsToNext() / 1000)));
  }
}

/** fetch() hides what went wrong in the cause of its error, which may have no message but a code. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as { message: string; cause?: { message?: string; code?: string } };
  const reason = cause?.message || cause?.code;
  return reason ? `${message} (${reason})` : message;
}
