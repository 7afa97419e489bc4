const renewBeforeExpiryMs = 60_000;

/**
 * Keeps the access token of this tab in memory. Reuses it until a minute before it expires, and fetches a new one once
 * for all concurrent callers.
 */
export class AccessTokens {
  private token: string | undefined;
  private usableUntil = 0;
  private pending: Promise<string> | undefined;

  /** @param fetchToken requests a new token from the auth server */
  constructor(private readonly fetchToken: () => Promise<string>) {}

  async get(): Promise<string> {
    if (this.token !== undefined && Date.now() < this.usableUntil) {
      return this.token;
    }
    return this.fetchOnce();
  }

  /** Returns a token other than `rejected`, which the API did not accept. */
  async renew(rejected: string): Promise<string> {
    if (this.token === rejected) {
      this.usableUntil = 0;
    }
    return this.get();
  }

  private fetchOnce(): Promise<string> {
    this.pending ??= this.fetchToken()
      .then((token) => {
        this.token = token;
        this.usableUntil = Date.now() + lifetimeMs(token) - renewBeforeExpiryMs;
        return token;
      })
      .finally(() => {
        this.pending = undefined;
      });
    return this.pending;
  }
}

interface Claims {
  sub: string;
  /** Seconds since 1970, like `exp`. */
  iat: number;
  exp: number;
}

/** Decodes a token without verifying it: the API verifies it. */
export function decodeClaims(token: string): Claims {
  const payload = token.split('.')[1] ?? '';
  return JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as Claims;
}

/** Compares the token's own times, because the clock of this device may be wrong. */
function lifetimeMs(token: string): number {
  const { exp, iat } = decodeClaims(token);
  return (exp - iat) * 1000;
}
