import { describe, expect, it } from '@jest/globals';
import { createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { createKey, encode, type IssuerKey, signToken } from '../../../tools/test/issuer.js';
import { InvalidTokenError } from './errors.js';
import { verifySignature } from './signature.js';
import { parseToken } from './token.js';
import { ALGORITHMS, type TrustedKey } from './trusted-key.js';

const trusted = ({ algorithm, privateKey }: IssuerKey): TrustedKey => ({
  key: createPublicKey(privateKey),
  algorithm,
});
const keys = ALGORITHMS.map((algorithm) => createKey(algorithm, algorithm));
const byKid = new Map(keys.map((key) => [key.kid, [trusted(key)]]));

const claims = { sub: 'ada', exp: 1_800_000_000, roles: ['member'] };
const sign = (key: IssuerKey) => signToken({ alg: key.algorithm, kid: key.kid }, claims, key);

/** Whether the header and the signature of a token are valid. */
function accepts(token: string): boolean {
  try {
    const parsed = parseToken(token);
    verifySignature(parsed, byKid.get(parsed.kid) ?? []);
    return true;
  } catch (error) {
    if (error instanceof InvalidTokenError) {
      return false;
    }
    throw error;
  }
}

const anyKey = fc.constantFrom(...keys);
const anyCharacter = fc.constantFrom(
  ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+/= \u0000é',
);

describe('a signed token', () => {
  it.each(keys)('is accepted with $algorithm', (key) => {
    expect(verifySignature(parseToken(sign(key)), byKid.get(key.kid)!)).toEqual(claims);
  });

  it.each(keys)('is rejected with a non-canonical encoding of its $algorithm signature', (key) => {
    const token = sign(key);
    const last = token.charCodeAt(token.length - 1);
    const other = `${token.slice(0, -1)}${String.fromCharCode(last + 1)}`;
    const signature = (text: string) => Buffer.from(text.split('.')[2]!, 'base64url');
    expect(signature(other)).toEqual(signature(token));
    expect(accepts(other)).toBe(false);
  });

  it('is rejected with changed characters in any of its parts', () => {
    const change = fc.record({
      at: fc.nat(1_000),
      remove: fc.nat(3),
      insert: fc.string({ unit: anyCharacter, maxLength: 3 }),
    });
    fc.assert(
      fc.property(
        anyKey,
        fc.nat(2),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        (key, part, changes) => {
          const token = sign(key);
          const parts = token.split('.');
          const letters = [...parts[part]!];
          for (const { at, remove, insert } of changes) {
            letters.splice(at % letters.length, remove, ...insert);
          }
          parts[part] = letters.join('');
          fc.pre(parts.join('.') !== token);
          expect(accepts(parts.join('.'))).toBe(false);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('is rejected with any other value of a header parameter or claim', () => {
    const name = fc.constantFrom('alg', 'kid', 'typ', 'crit', 'jwk', 'sub', 'exp', 'roles', '__proto__');
    fc.assert(
      fc.property(anyKey, fc.nat(1), name, fc.jsonValue({ maxDepth: 2 }), (key, part, member, value) => {
        const parts = sign(key).split('.');
        const before = JSON.parse(Buffer.from(parts[part]!, 'base64url').toString()) as object;
        const after = encode({ ...before, [member]: value });
        fc.pre(after !== parts[part]);
        parts[part] = after;
        expect(accepts(parts.join('.'))).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is rejected with a flipped bit in its signature, or with other bytes as its signature', () => {
    fc.assert(
      fc.property(anyKey, fc.nat(2_047), fc.uint8Array({ maxLength: 300 }), (key, bit, bytes) => {
        const [header, payload, signature] = sign(key).split('.') as [string, string, string];
        const flipped = Buffer.from(signature, 'base64url');
        flipped[(bit >> 3) % flipped.length]! ^= 1 << (bit & 7);
        for (const other of [flipped, Buffer.from(bytes)]) {
          expect(accepts(`${header}.${payload}.${other.toString('base64url')}`)).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is rejected if another key or algorithm was used to sign it', () => {
    const unknownKeys = ALGORITHMS.map((algorithm) => createKey(algorithm));
    fc.assert(
      fc.property(anyKey, fc.constantFrom(...keys, ...unknownKeys), anyKey, (named, signer, declared) => {
        fc.pre(!(named === signer && declared === signer));
        const header = { alg: declared.algorithm, kid: named.kid };
        expect(accepts(signToken(header, claims, signer))).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('is rejected if it combines parts of two valid tokens', () => {
    fc.assert(
      fc.property(
        anyKey,
        anyKey,
        fc.subarray([0, 1, 2], { minLength: 1, maxLength: 2 }),
        (one, other, taken) => {
          const first = sign(one).split('.');
          const second = signToken(
            { alg: other.algorithm, kid: other.kid },
            { ...claims, sub: 'bob' },
            other,
          ).split('.');
          const mixed = first.map((part, index) => (taken.includes(index) ? second[index] : part)).join('.');
          fc.pre(![first, second].some((whole) => whole.join('.') === mixed));
          expect(accepts(mixed)).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });
});
