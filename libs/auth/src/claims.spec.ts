import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readClaims } from './claims.js';

const NOW = 1_800_000_000;
const expected = { issuer: 'https://issuer.test', audience: 'https://api.test' };
const claims = (more: Record<string, unknown> = {}) => ({
  iss: expected.issuer,
  aud: expected.audience,
  sub: 'ada',
  exp: NOW + 900,
  ...more,
});

beforeEach(() => {
  jest.useFakeTimers({ now: NOW * 1000 });
});
afterEach(() => {
  jest.useRealTimers();
});

/** The subject of the user, or why there is none. */
function outcome(more: Record<string, unknown>): string {
  try {
    return readClaims(claims(more), expected).id;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('times have five seconds of leeway', () => {
  it.each<[Record<string, unknown>, string]>([
    [{ exp: NOW - 4 }, 'ada'],
    [{ exp: NOW - 5 }, 'expired'],
    [{ nbf: NOW + 5 }, 'ada'],
    [{ nbf: NOW + 6 }, 'not_yet_valid'],
    [{ exp: NOW + 0.5 }, 'ada'],
    [{ iat: NOW + 86_400 }, 'ada'],
    [{ exp: Number.POSITIVE_INFINITY }, 'claim_type'],
    [{ exp: Number.NaN }, 'claim_type'],
    [{ exp: [NOW + 900] }, 'claim_type'],
    [{ nbf: null }, 'claim_type'],
    [{ iat: true }, 'claim_type'],
  ])('%j: %s', (more, expectedOutcome) => {
    expect(outcome(more)).toBe(expectedOutcome);
  });
});

it.each<[unknown, string]>([
  [[expected.audience, 'other'], 'ada'],
  [[expected.audience, 7], 'audience'],
  [[], 'audience'],
  [{ 0: expected.audience }, 'audience'],
  [expected.audience.toUpperCase(), 'audience'],
  [`${expected.audience} other`, 'audience'],
])('tells the audience %j: %s', (aud, expectedOutcome) => {
  expect(outcome({ aud })).toBe(expectedOutcome);
});

it('counts the characters of a subject as code points', () => {
  expect(readClaims(claims({ sub: '😀'.repeat(255) }), expected).id).toHaveLength(510);
  expect(() => readClaims(claims({ sub: '😀'.repeat(256) }), expected)).toThrow('subject');
  expect(() => readClaims(claims({ sub: 'a'.repeat(256) }), expected)).toThrow('subject');
});

it.each(['a\u0000', 'a\u007f', 'a\u0085', '\ud800', '\udc00a'])('refuses the subject %j', (sub) => {
  expect(() => readClaims(claims({ sub }), expected)).toThrow('subject');
});

it('takes nothing from the prototype of the claims', () => {
  const inherited = Object.create(claims({ roles: ['admin'] })) as Record<string, unknown>;
  expect(readClaims(inherited, { ...expected, rolesClaim: 'roles' }).roles).toEqual([]);
});

describe('roles', () => {
  const roles = (more: Record<string, unknown>, rolesClaim?: string | string[]) =>
    readClaims(claims(more), { ...expected, rolesClaim }).roles;

  it.each<[string, string[], Record<string, unknown>, string | string[] | undefined]>([
    ['none where no claim was named', [], { roles: ['admin'] }, undefined],
    ['from a claim', ['admin'], { roles: ['admin'] }, 'roles'],
    [
      'from a claim with an address as its name',
      ['admin'],
      { 'https://a.b/roles': ['admin'] },
      'https://a.b/roles',
    ],
    ['from a path', ['admin'], { realm_access: { roles: ['admin'] } }, ['realm_access', 'roles']],
    ['from words', ['read', 'write'], { scope: 'read  write' }, 'scope'],
    ['texts alone', ['admin'], { roles: ['admin', 7, null, ['owner']] }, 'roles'],
    ['none from an object', [], { roles: { admin: true } }, 'roles'],
    ['none where a part of the path is missing', [], { realm_access: null }, ['realm_access', 'roles']],
    ['none from what every object has', [], {}, ['__proto__', 'constructor']],
    ['none from the length of a text', [], { roles: 'admin' }, ['roles', 'length']],
  ])('%s', (_, found, more, claim) => {
    expect(roles(more, claim)).toEqual(found);
  });
});
