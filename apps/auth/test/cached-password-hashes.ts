import { passwordHashing } from '../src/better-auth/password-hashing.js';
import { requestPasswords } from '../src/better-auth/request-passwords.js';

// Import this module in tests with many sign-ups and sign-ins: a hash takes a tenth of a second of CPU time. Equal passwords
// get the same hash, and a password is compared with a hash once.
const { hash, verify } = passwordHashing;
const hashes = new Map<string, Promise<string>>();
const results = new Map<string, Promise<boolean>>();
let isCaching = true;

/** Wraps a test that measures time or sends guesses at once. */
export function withoutCachedHashes(test: () => Promise<void>): () => Promise<void> {
  return async () => {
    isCaching = false;
    await test().finally(() => (isCaching = true));
  };
}

passwordHashing.hash = (password) =>
  isCaching ? remember(hashes, password, () => hash(password)) : hash(password);

passwordHashing.verify = async (input) => {
  if (!isCaching) {
    return verify(input);
  }
  const isCorrect = await remember(results, `${input.hash} ${input.password}`, () => verify(input));
  const passwords = requestPasswords();
  if (isCorrect && passwords) {
    passwords.verifiedHash = input.hash;
  }
  return isCorrect;
};

function remember<T>(known: Map<string, Promise<T>>, key: string, compute: () => Promise<T>): Promise<T> {
  const found = known.get(key);
  if (found) {
    return found;
  }
  const computed = compute();
  known.set(key, computed);
  computed.catch(() => known.delete(key));
  return computed;
}
