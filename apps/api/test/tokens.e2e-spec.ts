import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpAdapterHost } from '@nestjs/core';
import fc from 'fast-check';
import {
  createKey,
  encode,
  type IssuerKey,
  type SigningAlgorithm,
  signText,
  signToken,
} from '../../../tools/test/issuer.js';
import { AUDIENCE, type RunningApi, startApi } from './running-api.js';

let api: RunningApi;
const keys = {} as Record<SigningAlgorithm, IssuerKey>;
const odd = createKey('ES256', `Schlüssel ${'n'.repeat(300)}`);
const twin = createKey('ES256', 'key-RS256');

/** Published keys that must not verify the tokens signed with them. */
const unusable: [string, IssuerKey][] = [
  ['for encryption, by its use', publish('RS256', { use: 'enc' })],
  ['for signing only, by its key_ops', publish('RS256', { key_ops: ['sign'] })],
  ['for nothing, by its key_ops', publish('RS256', { key_ops: [] })],
  ['for another algorithm, by its alg', publish('RS256', { alg: 'RS512' })],
  ['of a wrong kty', publish('RS256', { kty: 'EC' })],
  ['of a wrong crv', publish('ES256', { crv: 'P-384' })],
  ['a symmetric key', publish('RS256', { kty: 'oct', k: 'c2VjcmV0' })],
  ['a private key', publishPrivate()],
  ['weak, of 1,024 bits', weak()],
];

function publish(algorithm: SigningAlgorithm, change: Record<string, unknown>): IssuerKey {
  const key = createKey(algorithm);
  return { ...key, jwk: { ...key.jwk, ...change } };
}

function publishPrivate(): IssuerKey {
  const key = createKey();
  return publishOf(key, key.privateKey.export({ format: 'jwk' }));
}

function weak(): IssuerKey {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1_024 });
  return publishOf(
    { ...createKey('ES256'), algorithm: 'RS256', privateKey },
    publicKey.export({ format: 'jwk' }),
  );
}

function publishOf(key: IssuerKey, jwk: object): IssuerKey {
  return { ...key, jwk: { ...jwk, kid: key.kid, alg: key.algorithm } };
}

beforeAll(async () => {
  api = await startApi();
  for (const algorithm of ['RS256', 'PS256', 'ES256', 'EdDSA'] as const) {
    keys[algorithm] = createKey(algorithm, `key-${algorithm}`);
  }
  api.issuer.keys = [...Object.values(keys), odd, twin, ...unusable.map(([, key]) => key)];
});

afterAll(() => api.close());

const now = () => Math.floor(Date.now() / 1000);
const claims = (more: Record<string, unknown> = {}) => ({
  iss: api.issuer.url,
  aud: AUDIENCE,
  sub: 'ada',
  iat: now(),
  exp: now() + 900,
  ...more,
});
const signed = (payload: unknown = claims(), header: Record<string, unknown> = {}, key = keys.RS256) =>
  signToken({ alg: key.algorithm, kid: key.kid, ...header }, payload, key);

interface Result {
  status: number;
  challenge: string | undefined;
  user: string | undefined;
}

/** Sends `Authorization` headers unchanged, even several of them. */
async function send(...headers: string[]): Promise<Result> {
  const url = new URL('/api/me', api.url);
  const lines = ['Host', url.host, ...headers.flatMap((value) => ['Authorization', value])];
  const request = httpRequest(url, { headers: lines as never, agent: false }).end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const { id } = JSON.parse(await text(response));
  return { status: response.statusCode!, challenge: response.headers['www-authenticate'], user: id };
}

/** Returns a valid token of the given length. */
function ofLength(length: number): string {
  for (let filling = Math.floor(length * 0.75) - 600; ; filling++) {
    const token = signed(claims({ filling: 'a'.repeat(filling) }));
    if (token.length >= length) {
      return token;
    }
  }
}

const bearer = (token: string) => send(`Bearer ${token}`);

describe('accepted', () => {
  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'] as const)('%s', async (algorithm) => {
    expect(await bearer(signed(claims(), {}, keys[algorithm]))).toMatchObject({ status: 200, user: 'ada' });
  });

  it.each<[string, () => string]>([
    ['typ JWT', () => signed(claims(), { typ: 'JWT' })],
    ['typ at+jwt (RFC 9068)', () => signed(claims(), { typ: 'at+jwt' })],
    ['typ as a media type, case-insensitive', () => signed(claims(), { typ: 'Application/AT+JWT' })],
    ['the audience among several', () => signed(claims({ aud: ['other', AUDIENCE] }))],
    ['no iat', () => signed(claims({ iat: undefined }))],
    ['an iat in the future', () => signed(claims({ iat: now() + 600 }))],
    ['a long lifetime', () => signed(claims({ exp: now() + 10 * 365 * 86_400 }))],
    ['an exp within the leeway', () => signed(claims({ exp: now() - 3 }))],
    ['an nbf within the leeway', () => signed(claims({ nbf: now() + 3 }))],
    ['a subject of 255 characters', () => signed(claims({ sub: '😀'.repeat(255) }))],
    [
      'the URL of an unknown JWKS in the header, which is ignored',
      () => signed(claims(), { jku: 'http://127.0.0.1:1/' }),
    ],
    ['a kid with non-ASCII characters', () => signed(claims(), { kid: odd.kid }, odd)],
    ['the matching key of two with the same kid', () => signed(claims(), {}, twin)],
    ['8,192 characters', () => ofLength(8_192)],
  ])('%s', async (_, token) => {
    expect(await bearer(token())).toMatchObject({ status: 200 });
  });

  it.each(['bearer', 'BEARER', 'Bearer  '])('the scheme %j', async (scheme) => {
    expect(await send(`${scheme} ${signed()}`)).toMatchObject({ status: 200 });
  });
});

const pem = (key: IssuerKey) =>
  createPublicKey(key.privateKey).export({ type: 'spki', format: 'pem' }) as string;

const hmac = (secret: string, kid: string) => {
  const unsigned = `${encode({ alg: 'HS256', kid })}.${encode(claims())}`;
  return `${unsigned}.${signText(unsigned, 'HS256', secret)}`;
};

/** Returns a valid token with one of its parts changed. */
const changed = (part: 0 | 1 | 2, change: (text: string) => string) =>
  signed()
    .split('.')
    .map((each, index) => (index === part ? change(each) : each))
    .join('.');

/** Sends requests while the issuer holds a fetch of its keys, so that all of them need only the next fetch. */
async function duringOneFetch(sendAll: () => Promise<Result>[]): Promise<Result[]> {
  const server: Server = api.get(HttpAdapterHost).httpAdapter.getHttpServer();
  let received = 0;
  const count = () => {
    received += 1;
  };
  server.on('request', count);
  api.issuer.behave('hold');
  const sent = sendAll();
  while (received < sent.length) {
    await sleep(20);
  }
  server.off('request', count);
  await sleep(1_000);
  api.issuer.behave('normal');
  return Promise.all(sent);
}

describe('rejected', () => {
  it.each<[string, () => string]>([
    // algorithms and keys
    ['no signature, alg none', () => `${encode({ alg: 'none', kid: keys.RS256.kid })}.${encode(claims())}.`],
    ['alg none with a signature', () => signed(claims(), { alg: 'none' })],
    ['alg in lower case', () => signed(claims(), { alg: 'rs256' })],
    ['no alg', () => signed(claims(), { alg: undefined })],
    ['alg as a list', () => signed(claims(), { alg: ['RS256'] })],
    ['an unsupported alg', () => signed(claims(), { alg: 'RS512' })],
    ['HS256 with the public key as its secret', () => hmac(pem(keys.RS256), keys.RS256.kid)],
    ['HS256 with the modulus as its secret', () => hmac(keys.RS256.jwk.n as string, keys.RS256.kid)],
    [
      'PS256 with a key for RS256',
      () => signToken({ alg: 'PS256', kid: keys.RS256.kid }, claims(), { ...keys.RS256, algorithm: 'PS256' }),
    ],
    [
      'RS256 with a key for PS256',
      () => signToken({ alg: 'RS256', kid: keys.PS256.kid }, claims(), { ...keys.PS256, algorithm: 'RS256' }),
    ],
    ['ES256 with the kid of an RS256 key', () => signed(claims(), { kid: keys.RS256.kid }, keys.ES256)],
    ['EdDSA with the kid of an ES256 key', () => signed(claims(), { kid: keys.ES256.kid }, keys.EdDSA)],
    [
      'a known kid, signed with an unknown key',
      () => signed(claims(), { kid: keys.RS256.kid }, createKey('RS256')),
    ],
    [
      'a key in the header',
      () => {
        const own = createKey('RS256');
        return signed(claims(), { jwk: own.jwk, kid: keys.RS256.kid }, own);
      },
    ],
    [
      'an ES256 signature in DER',
      () => {
        const unsigned = `${encode({ alg: 'ES256', kid: keys.ES256.kid })}.${encode(claims())}`;
        const key = { key: keys.ES256.privateKey, dsaEncoding: 'der' } as const;
        return `${unsigned}.${sign('SHA256', Buffer.from(unsigned), key).toString('base64url')}`;
      },
    ],
    // key ids
    ['no kid', () => signed(claims(), { kid: undefined })],
    ['an empty kid', () => signed(claims(), { kid: '' })],
    ['a kid that is a number', () => signed(claims(), { kid: 1 })],
    ['a kid that is an object', () => signed(claims(), { kid: { $ne: null } })],
    ['a kid of null', () => signed(claims(), { kid: null })],
    // headers
    ['an unknown crit', () => signed(claims(), { crit: ['b64'], b64: true })],
    ['an empty crit', () => signed(claims(), { crit: [] })],
    ['the typ of a refresh token', () => signed(claims(), { typ: 'rt+jwt' })],
    ['the typ of a logout token', () => signed(claims(), { typ: 'logout+jwt' })],
    ['the typ of a session cache', () => signed(claims(), { typ: 'better-auth.session-cache+jwt' })],
    ['a typ that is not a string', () => signed(claims(), { typ: 7 })],
    ['a header that is an array', () => changed(0, () => encode(['RS256']))],
    ['a header that is not JSON', () => changed(0, () => encode('alg'))],
    // claims
    ['another issuer', () => signed(claims({ iss: 'http://evil.test' }))],
    ['the issuer with a trailing slash', () => signed(claims({ iss: `${api.issuer.url}/` }))],
    ['the issuer in an array', () => signed(claims({ iss: [api.issuer.url] }))],
    ['no issuer', () => signed(claims({ iss: undefined }))],
    ['another audience', () => signed(claims({ aud: 'http://other.test' }))],
    [
      'the ID token of a client, which has another audience',
      () => signed(claims({ aud: 'client-id', nonce: 'n' })),
    ],
    ['an audience with the same prefix', () => signed(claims({ aud: `${AUDIENCE}.evil` }))],
    ['an audience in a nested array', () => signed(claims({ aud: [[AUDIENCE]] }))],
    ['no audience', () => signed(claims({ aud: undefined }))],
    ['no exp', () => signed(claims({ exp: undefined }))],
    ['exp as a string', () => signed(claims({ exp: String(now() + 900) }))],
    ['exp of null', () => signed(claims({ exp: null }))],
    ['exp of infinity', () => signed(JSON.stringify(claims()).replace(/"exp":\d+/, '"exp":1e999'))],
    ['nbf in the future', () => signed(claims({ nbf: now() + 60 }))],
    ['nbf as a string', () => signed(claims({ nbf: '0' }))],
    ['iat as a string', () => signed(claims({ iat: 'now' }))],
    ['no subject', () => signed(claims({ sub: undefined }))],
    ['an empty subject', () => signed(claims({ sub: '' }))],
    ['a subject that is a number', () => signed(claims({ sub: 1 }))],
    ['a subject that is an object', () => signed(claims({ sub: { $ne: null } }))],
    ['a subject that is an array', () => signed(claims({ sub: ['ada'] }))],
    ['a subject of 256 characters', () => signed(claims({ sub: 'a'.repeat(256) }))],
    ['a NUL in the subject', () => signed(claims({ sub: 'a\0b' }))],
    ['a line break in the subject', () => signed(claims({ sub: 'a\nb' }))],
    ['a lone surrogate in the subject', () => signed(claims({ sub: 'a\ud800' }))],
    ['claims that are an array', () => signed([claims()])],
    ['claims of null', () => signed('null')],
    ['claims that are not JSON', () => signed('{')],
    // serializations
    ['two parts', () => signed().split('.').slice(0, 2).join('.')],
    ['four parts', () => `${signed()}.a`],
    ['five parts, as an encrypted token', () => `${signed()}.a.b`],
    ['an empty signature', () => changed(2, () => '')],
    ['a detached payload', () => changed(1, () => '')],
    ['padding', () => changed(2, (part) => `${part}==`)],
    ['base64 instead of base64url', () => changed(2, (part) => `+/${part.slice(2)}`)],
    [
      'a non-canonical encoding of the same signature',
      () => changed(2, (part) => part.replace(/.$/, (last) => String.fromCharCode(last.charCodeAt(0) + 1))),
    ],
    ['a space inside', () => changed(1, (part) => `${part.slice(0, 5)} ${part.slice(5)}`)],
    ['two tokens', () => `${signed()}, Bearer ${signed()}`],
    ['a token followed by text', () => `${signed()} x`],
    ['quotes', () => `"${signed()}"`],
    ['JSON', () => JSON.stringify({ payload: encode(claims()), signatures: [] })],
    ['over 8,192 characters', () => ofLength(8_193)],
    [
      'a part of a length that base64url cannot have',
      () => changed(1, (part) => part.slice(0, part.length - (part.length % 4)) + 'a'),
    ],
    [
      'invalid UTF-8',
      () =>
        signed(
          Buffer.from([
            ...Buffer.from(JSON.stringify(claims()).slice(0, -1)),
            ...Buffer.from(',"x":"'),
            0xff,
            ...Buffer.from('"}'),
          ]),
        ),
    ],
    ['null', () => 'null'],
    ['undefined', () => 'undefined'],
  ])('%s', async (_, token) => {
    const { status, challenge } = await bearer(token());
    expect(status).toBe(401);
    expect(challenge).toMatch(
      /^Bearer error="invalid_token", error_description="[\x20-\x21\x23-\x5b\x5d-\x7e]+"$/,
    );
  });

  describe('a kid that is', () => {
    const STRANGE: [string, string][] = [
      ['the prototype of every object', '__proto__'],
      ['a property of every object', 'constructor'],
      ['a path', '../../etc/passwd'],
      ['SQL', "' OR 1=1 --"],
      ['a URL', 'http://127.0.0.1:1/jwks'],
      ['a known kid with a trailing space', 'key-RS256 '],
      ['a known kid in another case', 'KEY-rs256'],
      ['5,000 characters', 'a'.repeat(5_000)],
    ];
    let results: Result[];

    beforeAll(async () => {
      results = await duringOneFetch(() => STRANGE.map(([, kid]) => bearer(signed(claims(), { kid }))));
    });

    it.each(STRANGE.map(([name], index) => [name, index] as const))('%s', (_, index) => {
      expect(results[index]!.status).toBe(401);
    });
  });

  describe('a published key that is', () => {
    let results: Result[];

    beforeAll(async () => {
      results = await duringOneFetch(() => unusable.map(([, key]) => bearer(signed(claims(), {}, key))));
    });

    it.each(unusable.map(([name], index) => [name, index] as const))('%s', (_, index) => {
      expect(results[index]!.status).toBe(401);
    });
  });

  it('two Authorization headers, even if one is valid', async () => {
    for (const headers of [
      [`Bearer ${signed()}`, 'Bearer x'],
      ['Bearer x', `Bearer ${signed()}`],
      [`Bearer ${signed()}`, 'Basic YTpi'],
    ]) {
      expect((await send(...headers)).status).toBe(401);
    }
  });

  it('a token outside the header', async () => {
    const token = signed();
    const responses = await Promise.all([
      fetch(`${api.url}/api/me?access_token=${token}`),
      fetch(`${api.url}/api/me`, { headers: { cookie: `token=${token}` } }),
      fetch(`${api.url}/api/me`, { headers: { 'x-access-token': token } }),
    ]);
    for (const { status, headers } of responses) {
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toBe('Bearer');
    }
  });

  it('another scheme or no token, with a challenge without an error code', async () => {
    for (const header of ['Basic YTpi', 'Bearer', 'Bearer ', 'Token abc', '']) {
      expect(await send(header)).toMatchObject({ status: 401, challenge: 'Bearer' });
    }
  });

  it('an expired token, with a description that says so', async () => {
    const { status, challenge } = await bearer(signed(claims({ exp: now() - 6 })));
    expect(status).toBe(401);
    expect(challenge).toContain('expired');
  });
});

describe('random changes', () => {
  const anyJson = fc.jsonValue({ maxDepth: 2 });

  // While the issuer is down, an unknown kid is rejected without waiting.
  beforeAll(async () => {
    api.issuer.behave('error');
    await Promise.all(Array.from({ length: 6 }, () => bearer(signed(claims(), { kid: 'unknown' }))));
  });
  afterAll(() => api.issuer.behave('normal'));

  it('rejects a token with changed characters', async () => {
    const token = signed();
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.';
    const change = fc.record({
      at: fc.nat(token.length - 1),
      remove: fc.integer({ min: 0, max: 2 }),
      insert: fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const letters = [...token];
        for (const { at, remove, insert } of changes) {
          letters.splice(at, remove, insert);
        }
        fc.pre(letters.join('') !== token);
        expect((await bearer(letters.join(''))).status).not.toBe(200);
      }),
      { numRuns: 300 },
    );
  });

  it('rejects a header or payload that was changed after signing', async () => {
    const [header, payload, signature] = signed().split('.') as [string, string, string];
    const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object;
    const member = fc.constantFrom(
      'alg',
      'kid',
      'typ',
      'iss',
      'aud',
      'sub',
      'exp',
      'nbf',
      'iat',
      'email',
      'x',
    );
    await fc.assert(
      fc.asyncProperty(member, anyJson, fc.boolean(), async (name, value, inHeader) => {
        const part = encode({ ...read(inHeader ? header : payload), [name]: value });
        fc.pre(part !== (inHeader ? header : payload));
        const token = inHeader ? `${part}.${payload}.${signature}` : `${header}.${part}.${signature}`;
        expect((await bearer(token)).status).not.toBe(200);
      }),
      { numRuns: 200 },
    );
  });

  it('rejects any other signature', async () => {
    const [header, payload, signature] = signed().split('.') as [string, string, string];
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const other = Buffer.from(bytes).toString('base64url');
        fc.pre(other !== signature);
        expect((await bearer(`${header}.${payload}.${other}`)).status).toBe(401);
      }),
      { numRuns: 100 },
    );
  });

  it.each<[string, (value: unknown) => boolean]>([
    ['alg', (value) => value === 'RS256'],
    ['crit', () => false],
    ['typ', (value) => typeof value === 'string' && /^(application\/)?(at\+)?jwt$/i.test(value)],
  ])('accepts only valid values of the header parameter %s', async (name, good) => {
    await fc.assert(
      fc.asyncProperty(anyJson, async (value) => {
        const { status } = await bearer(signed(claims(), { [name]: value }));
        expect(status).toBe(good(value) ? 200 : 401);
      }),
      { numRuns: 60 },
    );
  });

  it.each<[string, (value: unknown) => boolean]>([
    ['iss', (value) => value === api.issuer.url],
    ['aud', (value) => [value].flat().includes(AUDIENCE)],
    ['sub', (value) => typeof value === 'string' && /^[^\p{Cc}\p{Cs}]{1,255}$/u.test(value)],
    ['exp', (value) => typeof value === 'number' && value > now()],
    ['nbf', (value) => typeof value === 'number' && value <= now()],
    ['iat', (value) => typeof value === 'number'],
  ])('accepts only valid values of the claim %s', async (name, good) => {
    await fc.assert(
      fc.asyncProperty(anyJson, async (value) => {
        const { status } = await bearer(signed(claims({ [name]: value })));
        expect(status).toBe(good(value) ? 200 : 401);
      }),
      { numRuns: 60 },
    );
  });
});
