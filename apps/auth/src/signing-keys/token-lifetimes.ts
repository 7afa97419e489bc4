export interface TokenLifetimes {
  /** How long a token can be used. It can't be taken back: this is what bounds its life after sign-out. */
  tokenSeconds: number;
  /** How long a key signs, from its making. */
  rotationSeconds: number;
  /** How long the public half of a retired key stays published. */
  graceSeconds: number;
  /** How long a verifier may go by its copy of the published keys before it looks again. */
  jwksMaxAgeSeconds: number;
  /** How far the clocks of two machines, and what verifiers forgive, may be apart. */
  leewaySeconds: number;
}

/** @throws where a token could outlive its key, or keys would pile up. */
export function assertTokenLifetimes(lifetimes: TokenLifetimes): Readonly<TokenLifetimes> {
  const { tokenSeconds, rotationSeconds, graceSeconds, jwksMaxAgeSeconds, leewaySeconds } = lifetimes;
  for (const [name, seconds] of Object.entries(lifetimes)) {
    if (!Number.isInteger(seconds) || seconds <= 0) {
      throw new Error(`${name} must be a whole number of seconds above 0.`);
    }
  }
  if (graceSeconds < tokenSeconds + jwksMaxAgeSeconds + leewaySeconds) {
    throw new Error('graceSeconds must cover tokenSeconds, jwksMaxAgeSeconds and leewaySeconds together.');
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
