import { Counter, Gauge } from 'prom-client';

export const verifications = new Counter({
  name: 'auth_token_verifications_total',
  help: 'Verified tokens by outcome: accepted, missing, unavailable (the key), or why they were refused.',
  labelNames: ['outcome'],
});

export const accepted = verifications.labels('accepted');

export const jwksFetches = new Counter({
  name: 'auth_jwks_fetches_total',
  help: 'Fetches of the public keys by outcome: success or failure.',
  labelNames: ['outcome'],
});

let ageOfKeys: () => number = () => 0;

/** The gauge shows the keys of the store that was made last; a server has one. */
export function watchKeyAge(age: () => number): void {
  ageOfKeys = age;
}

export const keyAge = new Gauge({
  name: 'auth_jwks_age_seconds',
  help: 'Time since the public keys were fetched with success, or since the start where they never were.',
  collect() {
    this.set(ageOfKeys());
  },
});
