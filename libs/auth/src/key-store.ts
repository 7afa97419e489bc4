import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { InvalidTokenError, KeysUnavailableError } from './errors.js';
import { withoutQuery } from './jwks-download.js';
import { type KeysByKid, KeySetFetcher } from './key-set-fetcher.js';
import { jwksFetches, setKeyAgeSource } from './metrics.js';
import { withTimeout } from './timeout.js';
import { TokenBucket } from './token-bucket.js';
import type { TrustedKey } from './trusted-key.js';

const MIN_AGE_SECONDS = 60;
const DEFAULT_AGE_SECONDS = 300;
const MAX_AGE_SECONDS = 3_600;
const RETRY_AFTER_FAILURE_MS = 30_000;

const MAX_WAIT_MS = 9_500;
const MAX_WAITING_TOKENS = 100;

/**
 * Caches the public keys of an issuer, always the whole JWKS. `libs/auth/README.md` has a diagram of its states.
 *
 * Cached keys are used however old they are. They are refreshed in the background, and only a successful fetch removes
 * them. An unknown `kid` triggers a fetch that all waiting requests share. A token bucket limits the number of fetches.
 */
export class KeyStore implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(KeyStore.name);
  private readonly bucket = new TokenBucket();
  private readonly fetcher: KeySetFetcher;
  private keys: KeysByKid = new Map();
  private startedFetches = 0;
  /** The number of the fetch that returned the current keys; 0: none has succeeded yet. */
  private currentFetch = 0;
  private lastFetchStartedAt = performance.now();
  private keysFetchedAt = performance.now();
  /** The last response came from an HTTP cache, so it may be older than the token being verified. */
  private servedFromCache = false;
  private lastFetchFoundNewKey = false;
  private waitingTokens = 0;
  private fetching: Promise<void> | undefined;
  private refreshTimer: NodeJS.Timeout | undefined;
  private stopped = false;

  /** @throws Error if the URL is invalid or contains credentials, which would appear in the log */
  constructor(private readonly jwksUrl: string) {
    const { protocol, username, password } = new URL(jwksUrl);
    if (!/^https?:$/.test(protocol) || username || password) {
      throw new Error('The JWKS URL must be an http(s) URL without a user name and password.');
    }
    this.fetcher = new KeySetFetcher(jwksUrl);
    setKeyAgeSource(() => (performance.now() - this.keysFetchedAt) / 1000);
  }

  /** Starts the first fetch without delaying the start of the app. */
  onModuleInit(): void {
    void this.refresh();
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.refreshTimer);
  }

  /** Returns the cached keys with this `kid`, or undefined if it is unknown. */
  get(kid: string): readonly TrustedKey[] | undefined {
    return this.keys.get(kid);
  }

  /**
   * Reports that a cached key did not verify a token. The issuer may have replaced the key without changing its `kid`,
   * so the keys are refreshed in the background, at most once per minute.
   */
  markStale(): void {
    if (performance.now() - this.lastFetchStartedAt > MIN_AGE_SECONDS * 1000) {
      void this.refresh();
    }
  }

  /**
   * Returns the keys with this `kid`. If it is unknown, waits for a fetch that starts after this call.
   * @throws InvalidTokenError if that fetch succeeds and the JWKS does not contain the `kid`
   * @throws KeysUnavailableError if the fetch fails, is not allowed yet, takes too long or is served from a cache
   */
  waitFor(kid: string): Promise<readonly TrustedKey[]> {
    return withTimeout(
      MAX_WAIT_MS,
      () => this.unavailable(),
      () => this.fetchUntilFound(kid, this.startedFetches),
    );
  }

  private async fetchUntilFound(kid: string, earlierFetches: number): Promise<readonly TrustedKey[]> {
    while (true) {
      const keys = this.keys.get(kid);
      if (keys) {
        return keys;
      }
      if (this.currentFetch > earlierFetches) {
        throw this.servedFromCache
          ? this.unavailable()
          : new InvalidTokenError('unknown_key', 'The token was signed with an unknown key.');
      }
      const fetch = this.fetch();
      if (fetch) {
        await fetch;
      } else {
        await this.waitForNextFetch();
      }
    }
  }

  /**
   * Waits only if the last fetch found a new key: the issuer is rotating its keys, and this token may be signed with
   * the next one. After a failure or a flood of unknown keys, a token is rejected without waiting.
   * @throws KeysUnavailableError
   */
  private async waitForNextFetch(): Promise<void> {
    if (!this.lastFetchFoundNewKey || this.waitingTokens >= MAX_WAITING_TOKENS) {
      throw this.unavailable();
    }
    this.waitingTokens += 1;
    await sleep(this.bucket.msUntilNext());
    this.waitingTokens -= 1;
  }

  /** Starts a fetch or joins the current one. Returns undefined if the token bucket is empty. */
  private fetch(): Promise<void> | undefined {
    if (!this.fetching && this.bucket.take()) {
      this.fetching = this.load().finally(() => {
        this.fetching = undefined;
      });
    }
    return this.fetching;
  }

  /** @throws KeysUnavailableError, and keeps the current keys */
  private async load(): Promise<void> {
    const fetch = ++this.startedFetches;
    const startedAt = performance.now();
    this.lastFetchStartedAt = startedAt;
    let refreshInMs = RETRY_AFTER_FAILURE_MS;
    try {
      const { keys, ageSeconds, maxAgeSeconds = DEFAULT_AGE_SECONDS } = await this.fetcher.fetch();
      refreshInMs = Math.min(Math.max(maxAgeSeconds, MIN_AGE_SECONDS), MAX_AGE_SECONDS) * 1000;
      this.lastFetchFoundNewKey = [...keys.keys()].some((kid) => !this.keys.has(kid));
      this.keys = keys;
      this.currentFetch = fetch;
      this.keysFetchedAt = startedAt;
      this.servedFromCache = ageSeconds > 0;
      jwksFetches.inc({ outcome: 'success' });
    } catch (error) {
      this.lastFetchFoundNewKey = false;
      jwksFetches.inc({ outcome: 'failure' });
      this.logger.warn(
        `Failed to fetch the signing keys from ${withoutQuery(this.jwksUrl)}: ${getReason(error)}`,
      );
      throw this.unavailable();
    } finally {
      this.scheduleRefresh(refreshInMs);
    }
  }

  private scheduleRefresh(delayMs: number): void {
    clearTimeout(this.refreshTimer);
    if (!this.stopped) {
      this.refreshTimer = setTimeout(() => void this.refresh(), delayMs).unref();
    }
  }

  /** Ignores failures: load() has logged them and scheduled the next attempt. */
  private async refresh(): Promise<void> {
    const fetch = this.fetch();
    if (fetch) {
      await fetch.catch(() => {});
    } else {
      this.scheduleRefresh(this.bucket.msUntilNext());
    }
  }

  private unavailable(): KeysUnavailableError {
    return new KeysUnavailableError(Math.max(1, Math.ceil(this.bucket.msUntilNext() / 1000)));
  }
}

/** fetch() puts the actual reason into the `cause` of its error, which may have a code but no message. */
function getReason(error: unknown): string {
  const { message, cause } = error as { message: string; cause?: { message?: string; code?: string } };
  const reason = cause?.message || cause?.code;
  return reason ? `${message} (${reason})` : message;
}
