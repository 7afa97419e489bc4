const renewBeforeExpiryMs = 60_000;

/**
 * The access token of this tab, in memory alone. It is reused until a minute before it expires, and fetched once for
 * all who wait for it.
 */
export class AccessTokens {
  private token: string | undefined;
  private usableUntil = 0;
  private pending: Promise<string> | undefined;

  /** @param fetchToken asks the auth server for a new token */
  constructor(private readonly fetchToken: () => Promise<string>) {}

  async get(): Promise<string> {
    return this.current() ?? this.fetchOnce();
  }

  /** The token at hand, without waiting: for what is sent while the page is being left. */
  current(): string | undefined {
    return Date.now() < this.usableUntil ? this.token : undefined;
  }

  /** A token other than `refused`, which the api did not accept. */
  async renew(refused: string): Promise<string> {
    if (this.token === refused) this.usableUntil = 0;
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
  /** Both in seconds. */
  iat: number;
  exp: number;
}

/** What a token says, unverified: that is for the api to do. */
export function decodeClaims(token: string): Claims {
  const payload = token.split('.')[1] ?? '';
  return JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as Claims;
}

/** From the token's own two times, since the clock of this device may be wrong. */
function lifetimeMs(token: string): number {
  const { exp, iat } = decodeClaims(token);
  return (exp - iat) * 1000;
}
