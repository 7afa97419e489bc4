import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { RejectionLog } from './rejection-log.js';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const options = {
  issuer: 'https://issuer.test',
  audience: 'https://api.test',
  jwksUrl: 'https://issuer.test/jwks',
};
const lines: Record<string, unknown>[] = [];
let log: RejectionLog;

beforeEach(() => {
  jest.useFakeTimers();
  lines.length = 0;
  jest.spyOn(Logger.prototype, 'warn').mockImplementation((line) => void lines.push(line as never));
  log = new RejectionLog(options);
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

const write = (authorization?: string) =>
  log.write('expired', { id: 'request-1', headers: { authorization } });

describe('a log line', () => {
  it('has the claims found and expected, and nothing else of the token', () => {
    const payload = {
      iss: 'https://other.test',
      aud: ['a', 'b'],
      exp: 1,
      sub: 'ada',
      email: 'ada@example.com',
    };
    // Claims can be repeated in the header (RFC 7519, section 5.3), but only those in the payload are validated.
    const header = { alg: 'RS256', kid: 'k1', jwk: { n: 'x' }, iss: options.issuer, aud: options.audience };
    write(`Bearer ${encode(header)}.${encode(payload)}.c2lnbmF0dXJl`);
    expect(lines).toEqual([
      {
        message: 'Token rejected',
        reason: 'expired',
        requestId: 'request-1',
        kid: 'k1',
        algorithm: 'RS256',
        expires: 1,
        foundIssuer: 'https://other.test',
        expectedIssuer: options.issuer,
        foundAudience: '["a","b"]',
        expectedAudience: options.audience,
      },
    ]);
  });

  it('truncates long values and replaces control characters', () => {
    write(
      `Bearer ${encode({ alg: '\u001b[2J\u009b\u202e', kid: 'k'.repeat(5_000) })}.${encode({ iss: { a: '\n' } })}.YQ`,
    );
    expect(lines[0]).toMatchObject({ algorithm: '?[2J??', foundIssuer: '{"a":"\\n"}' });
    expect(lines[0]!.kid).toHaveLength(200);
  });

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer a',
    'Bearer a.b.c',
    `Bearer ${'a'.repeat(20_000)}`,
    'Basic YWRhOnNlY3JldA==',
  ])('contains nothing of the header %j', (authorization) => {
    write(authorization);
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toMatch(/Bearer|YWRh|aaa/);
  });
});

it('writes 60 lines per minute for each reason, then reports how many it suppressed', () => {
  for (let count = 0; count < 1_000; count++) {
    write();
  }
  expect(lines).toHaveLength(60);
  log.write('issuer', { headers: {} });
  expect(lines.at(-1)).toMatchObject({ reason: 'issuer' });
  jest.advanceTimersByTime(60_000);
  write();
  expect(lines).toHaveLength(62);
  expect(lines.at(-1)).toMatchObject({ reason: 'expired', suppressed: 940 });
});
