import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';
import { type ExpectedClaims, organizationOwnerId, validateClaims } from './claims.js';

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

/** The subject of the user, or the rejection reason. */
function outcome(more: Record<string, unknown>): string {
  try {
    return validateClaims(claims(more), expected).id;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('exp and nbf have a leeway of five seconds', () => {
  it.each<[Record<string, unknown>, string]>([
    [{ exp: NOW - 4 }, 'ada'],
    [{ exp: NOW - 5 }, 'expired'],
    [{ nbf: NOW + 5 }, 'ada'],
    [{ nbf: NOW + 6 }, 'not_yet_valid'],
    [{ exp: NOW + 0.5 }, 'ada'],
    [{ iat: NOW + 86_400 }, 'ada'],
    [{ exp: Number.POSITIVE_INFINITY }, 'invalid_time'],
    [{ exp: Number.NaN }, 'invalid_time'],
    [{ exp: [NOW + 900] }, 'invalid_time'],
    [{ nbf: null }, 'invalid_time'],
    [{ iat: true }, 'invalid_time'],
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
])('audience %j: %s', (aud, expectedOutcome) => {
  expect(outcome({ aud })).toBe(expectedOutcome);
});

it('limits a subject to 255 code points', () => {
  expect(validateClaims(claims({ sub: '😀'.repeat(255) }), expected).id).toHaveLength(510);
  expect(() => validateClaims(claims({ sub: '😀'.repeat(256) }), expected)).toThrow('subject');
  expect(() => validateClaims(claims({ sub: 'a'.repeat(256) }), expected)).toThrow('subject');
});

it.each(['a\u0000', 'a\u007f', 'a\u0085', '\ud800', '\udc00a'])('rejects the subject %j', (sub) => {
  expect(() => validateClaims(claims({ sub }), expected)).toThrow('subject');
});

it('ignores inherited properties of the claims', () => {
  const inherited = Object.create(claims({ roles: ['admin'] })) as Record<string, unknown>;
  expect(validateClaims(inherited, { ...expected, rolesClaim: 'roles' }).roles).toEqual([]);
});

describe('scopes', () => {
  const user = (more: Record<string, unknown>, checkScopes?: boolean, isScoped?: boolean) =>
    validateClaims(
      claims({ roles: ['admin'], ...more }),
      { ...expected, rolesClaim: 'roles', checkScopes },
      isScoped,
    );

  it.each<[string, string[]]>([
    ['tasks:read', ['tasks:read']],
    ['tasks:read notes:write', ['tasks:read', 'notes:write']],
    ['  tasks:read  ', ['tasks:read']],
    ['tasks:read,notes:read', ['tasks:read,notes:read']],
    ['Tasks:Read', ['Tasks:Read']],
    ['', []],
  ])('%j', (scope, scopes) => {
    expect(user({ scope }, true)).toMatchObject({ scopes, roles: [] });
    expect(user({ scope }, false, true)).toMatchObject({ scopes, roles: [] });
  });

  it('are null without the claim, or if the issuer means something else by it', () => {
    expect(user({}, true)).toMatchObject({ scopes: null, roles: ['admin'] });
    expect(user({ scope: 'openid profile' })).toMatchObject({ scopes: null, roles: ['admin'] });
    expect(user({ scope: 7 })).toMatchObject({ scopes: null, roles: ['admin'] });
  });

  it.each([[['tasks:read']], [null], [7], [true], [{}]])('are invalid: %j', (scope) => {
    expect(() => user({ scope }, true)).toThrow('scope');
    expect(() => user({ scope }, false, true)).toThrow('scope');
  });

  it('are required in a token of the type scoped+jwt', () => {
    expect(() => user({}, false, true)).toThrow('scope');
    expect(() => user({}, true, true)).toThrow('scope');
  });
});

describe('roles', () => {
  const roles = (more: Record<string, unknown>, rolesClaim?: string | string[]) =>
    validateClaims(claims(more), { ...expected, rolesClaim }).roles;

  it.each<[string, string[], Record<string, unknown>, string | string[] | undefined]>([
    ['none if no claim is configured', [], { roles: ['admin'] }, undefined],
    ['from a claim', ['admin'], { roles: ['admin'] }, 'roles'],
    ['from a claim whose name is a URL', ['admin'], { 'https://a.b/roles': ['admin'] }, 'https://a.b/roles'],
    ['from a path', ['admin'], { realm_access: { roles: ['admin'] } }, ['realm_access', 'roles']],
    ['from a space-separated string', ['read', 'write'], { scope: 'read  write' }, 'scope'],
    ['only strings', ['admin'], { roles: ['admin', 7, null, ['owner']] }, 'roles'],
    ['none from an object', [], { roles: { admin: true } }, 'roles'],
    ['none if a part of the path is missing', [], { realm_access: null }, ['realm_access', 'roles']],
    ['none from inherited properties', [], {}, ['__proto__', 'constructor']],
    ['none from the length of a string', [], { roles: 'admin' }, ['roles', 'length']],
  ])('%s', (_, found, more, claim) => {
    expect(roles(more, claim)).toEqual(found);
  });
});

it('returns all verified claims', () => {
  expect(validateClaims(claims({ plan: 'pro' }), expected).claims).toEqual(claims({ plan: 'pro' }));
});

describe('declared claims', () => {
  const schema = z.object({ plan: z.enum(['free', 'pro']).default('free'), 'a"b': z.string().optional() });
  const validate = (more: Record<string, unknown>) =>
    validateClaims(claims(more), { ...expected, claims: schema });

  it('are validated, with the defaults of the schema, and the others are kept', () => {
    expect(validate({ plan: 'pro', other: 1 }).claims).toEqual(claims({ plan: 'pro', other: 1 }));
    expect(validate({}).claims.plan).toBe('free');
  });

  it.each([
    [{ plan: 'other' }, 'The claim plan is not valid.'],
    [{ plan: null }, 'The claim plan is not valid.'],
    [{ 'a"b': 1 }, 'A claim of the token is not valid.'],
  ])('with the values %j make a token invalid: %s', (more, description) => {
    expect(() => validate(more)).toThrow(expect.objectContaining({ reason: 'claims', description }));
  });
});

describe('the owner', () => {
  const organization: ExpectedClaims['organization'] = ({ org }) => org as string | undefined;
  const owner = (more: Record<string, unknown>, options: Partial<ExpectedClaims> = { organization }) => {
    const { id, ownerId } = validateClaims(claims(more), { ...expected, ...options });
    expect(id).toBe(more.sub ?? 'ada');
    return ownerId;
  };

  it('is the sub without the option, whatever the token says', () => {
    expect(owner({ org: 'acme' }, {})).toBe('ada');
  });

  it('is the sub if the token names no organization', () => {
    expect(owner({})).toBe('ada');
    expect(owner({ org: null })).toBe('ada');
  });

  it('is the organization that the token names', () => {
    expect(owner({ org: 'acme' })).toBe('org:acme');
    expect(organizationOwnerId('acme')).toBe('org:acme');
  });

  it('of an organization differs from every sub', () => {
    expect(owner({ sub: 'acme' })).not.toBe(owner({ org: 'acme' }));
    expect(() => owner({ sub: 'org:acme' })).toThrow('subject');
    expect(() => owner({ sub: 'org:acme' }, {})).toThrow('subject');
  });

  it.each(['', 7, true, ['acme'], {}, 'a\u0000', '\ud800', 'a'.repeat(252)])(
    'is not the organization %j: the token is rejected',
    (org) => {
      expect(() => owner({ org })).toThrow('owner');
    },
  );

  it('depends on validated claims', () => {
    const schema = z.object({ org: z.string().transform((name) => name.toLowerCase()) });
    expect(owner({ org: 'ACME' }, { organization, claims: schema })).toBe('org:acme');
    expect(() => owner({ org: 7 }, { organization, claims: schema })).toThrow('claims');
  });
});
