export interface TokenLifetimes {
  /** Lifetime of an access token. It can't be revoked, so this also limits its use after sign-out. */
  tokenSeconds: number;
  /** How long a key signs tokens after its creation. */
  rotationSeconds: number;
  /** How long a retired key stays published. */
  graceSeconds: number;
  /** How long a verifier may cache the published keys. */
  jwksMaxAgeSeconds: number;
  /** Clock skew that verifiers tolerate. */
  leewaySeconds: number;
}

/** @throws if a token could outlive its key, or if retired keys would accumulate. */
export function assertTokenLifetimes(lifetimes: TokenLifetimes): Readonly<TokenLifetimes> {
  const { tokenSeconds, rotationSeconds, graceSeconds, jwksMaxAgeSeconds, leewaySeconds } = lifetimes;
  for (const [name, seconds] of Object.entries(lifetimes)) {
    if (!Number.isInteger(seconds) || seconds <= 0) {
      throw new Error(`${name} must be a whole number of seconds greater than 0.`);
    }
  }
  if (graceSeconds < tokenSeconds + jwksMaxAgeSeconds + leewaySeconds) {
    throw new Error('graceSeconds must cover the sum of tokenSeconds, jwksMaxAgeSeconds and leewaySeconds.');
  }
  if (rotationSeconds < graceSeconds) {
    throw new Error('rotationSeconds must not be less than graceSeconds.');
  }
  return Object.freeze({ ...lifetimes });
}

export const tokenLifetimes = assertTokenLifetimes({
  tokenSeconds: 15 * 60,
  rotationSeconds: 30 * 24 * 60 * 60,
  graceSeconds: 24 * 60 * 60,
  jwksMaxAgeSeconds: 5 * 60,
  leewaySeconds: 60,
});
