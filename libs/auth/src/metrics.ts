import { Counter, Gauge } from 'prom-client';

export const verifications = new Counter({
  name: 'auth_token_verifications_total',
  help: 'Verified tokens by outcome: accepted, unavailable, or why they were refused.',
  labelNames: ['outcome'],
});

export const jwksFetches = new Counter({
  name: 'auth_jwks_fetches_total',
  help: 'Fetches of the public keys by outcome.',
  labelNames: ['outcome'],
});

let ageOfKeys: () => number | undefined = () => undefined;

/** The gauge shows the keys of the store that was made last; a server has one. */
export function watchKeyAge(age: () => number | undefined): void {
  ageOfKeys = age;
}

export const keyAge = new Gauge({
  name: 'auth_jwks_age_seconds',
  help: 'Time since the public keys were fetched.',
  collect() {
    const age = ageOfKeys();
    if (age !== undefined) {
      this.set(age);
    }
  },
});
