import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { type EnvironmentOptions, validateEnvironment } from './environment.js';
import { integer, list, origin, port, postgresUrl, text } from './variables.js';

const read = (schema: z.ZodRawShape, given: Record<string, string>, options: EnvironmentOptions = {}) =>
  validateEnvironment(z.object(schema), given, options);

describe('what is wrong with an environment', () => {
  it('is one line for every variable, missing or wrong, without its value', () => {
    const schema = {
      API_PORT: port(),
      DATABASE_URL: postgresUrl(),
      ORIGINS: list(origin()),
      SECRET: text('a secret').min(32, 'must be 32 characters long'),
      SIZE: integer(1, 9),
    };
    const given = { API_PORT: 'hunter2', ORIGINS: 'hunter2,http://a.test,hunter3', SECRET: 'hunter2' };
    const result = read(schema, given);
    expect(result).toEqual({
      mistakes: [
        '  API_PORT must be a whole number from 1 to 65535',
        expect.stringMatching(/^ {2}DATABASE_URL is missing: it must be a Postgres address/),
        '  ORIGINS must be an origin, such as https://example.com',
        '  SECRET must be 32 characters long',
        '  SIZE is missing: it must be a whole number from 1 to 9',
      ],
    });
    expect(JSON.stringify(result)).not.toContain('hunter');
  });

  it('says which variable a default would be made of, or was', () => {
    const defaults = { JWKS_URL: '${AUTH_URL}/jwks.json', JWT_ISSUER: '${BETTER_AUTH_URL}' };
    const schema = { JWKS_URL: origin(), JWT_ISSUER: text() };
    expect(read(schema, { AUTH_URL: 'http://a.test' }, { defaults })).toEqual({
      mistakes: [
        '  JWKS_URL, made of AUTH_URL, must be an origin, such as https://example.com',
        '  JWT_ISSUER is missing: it must be set (or set BETTER_AUTH_URL)',
      ],
    });
  });
});

describe('a default', () => {
  const schema = { URL: z.string().optional(), NODE_ENV: z.string() };
  const url = (given: Record<string, string>, options: EnvironmentOptions) => {
    const result = read(schema, given, options);
    return 'environment' in result ? result.environment.URL : result.mistakes;
  };

  it('is made of other variables, which may be defaults too', () => {
    const defaults = { URL: '${ORIGIN}/keys', ORIGIN: 'http://${HOST}:${PORT}', PORT: '80' };
    expect(url({ HOST: 'a' }, { defaults })).toBe('http://a:80/keys');
    expect(url({ ORIGIN: 'https://b/' }, { defaults })).toBe('https://b/keys');
  });

  it('is left out where a variable is missing, or leads back to it', () => {
    expect(url({}, { defaults: { URL: '${HOST}' } })).toBeUndefined();
    expect(url({}, { defaults: { URL: '${A}', A: '${B}', B: '${URL}' } })).toBeUndefined();
  });

  it('never overrides what was given, and does not read a template in it', () => {
    expect(url({ URL: '${A}', A: 'x' }, { defaults: { URL: 'b' } })).toBe('${A}');
    expect(url({ A: '${B}', B: 'x' }, { defaults: { URL: '${A}' } })).toBe('${B}');
  });

  it.each([
    ['development', 'mine'],
    ['test', 'mine'],
    ['production', 'all'],
    ['staging', 'all'],
    ['', 'all'],
  ])('of development with NODE_ENV=%j gives %s', (NODE_ENV, expected) => {
    expect(url({ NODE_ENV }, { defaults: { URL: 'all' }, development: { URL: 'mine' } })).toBe(expected);
  });
});

it('takes any other NODE_ENV, and none, for production', () => {
  const mode = (given: Record<string, string>) => read({ NODE_ENV: z.string() }, given);
  expect(mode({})).toEqual({ environment: { NODE_ENV: 'production' } });
  expect(mode({ NODE_ENV: 'staging' })).toEqual({ environment: { NODE_ENV: 'production' } });
  expect(mode({ NODE_ENV: 'development' })).toEqual({ environment: { NODE_ENV: 'development' } });
});
