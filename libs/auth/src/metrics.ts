import { Counter, Gauge } from 'prom-client';

export const verifications = new Counter({
  name: 'auth_token_verifications_total',
  help: 'Token verifications by outcome: accepted, missing (no token), unavailable (no signing key) or the rejection reason.',
  labelNames: ['outcome'],
});

export const accepted = verifications.labels('accepted');

export const jwksFetches = new Counter({
  name: 'auth_jwks_fetches_total',
  help: 'Fetches of the JWKS by outcome: success or failure.',
  labelNames: ['outcome'],
});

let getKeyAgeSeconds: () => number = () => 0;

/** Sets the source of the gauge `auth_jwks_age_seconds`. If there are several key stores, the last one wins. */
export function setKeyAgeSource(source: () => number): void {
  getKeyAgeSeconds = source;
}

export const keyAge = new Gauge({
  name: 'auth_jwks_age_seconds',
  help: 'Seconds since the JWKS was last fetched successfully, or since the start if it never was.',
  collect() {
    this.set(getKeyAgeSeconds());
  },
});
