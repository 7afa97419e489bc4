import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { type EnvironmentOptions, validateEnvironment } from './environment.js';
import { integer, list, origin, port, postgresUrl, text } from './variables.js';

const validate = (schema: z.ZodRawShape, given: Record<string, string>, options: EnvironmentOptions = {}) =>
  validateEnvironment(z.object(schema), given, options);

describe('the errors of an invalid environment', () => {
  it('have one line per missing or invalid variable, without its value', () => {
    const schema = {
      API_PORT: port(),
      DATABASE_URL: postgresUrl(),
      ORIGINS: list(origin()),
      SECRET: text('a secret').min(32, 'must be 32 characters long'),
      SIZE: integer(1, 9),
    };
    const given = { API_PORT: 'hunter2', ORIGINS: 'hunter2,http://a.test,hunter3', SECRET: 'hunter2' };
    const result = validate(schema, given);
    expect(result).toEqual({
      errors: [
        'API_PORT must be a whole number from 1 to 65535.',
        expect.stringMatching(/^DATABASE_URL is missing\. It must be a PostgreSQL URL/),
        'ORIGINS must be an origin, such as https://example.com.',
        'SECRET must be 32 characters long.',
        'SIZE is missing. It must be a whole number from 1 to 9.',
      ],
    });
    expect(JSON.stringify(result)).not.toContain('hunter');
  });

  it('name the variables that a default is derived from', () => {
    const defaults = { JWKS_URL: '${AUTH_URL}/jwks.json', JWT_ISSUER: '${BETTER_AUTH_URL}' };
    const schema = { JWKS_URL: origin(), JWT_ISSUER: text() };
    expect(validate(schema, { AUTH_URL: 'http://a.test' }, { defaults })).toEqual({
      errors: [
        'JWKS_URL (derived from AUTH_URL) must be an origin, such as https://example.com.',
        'JWT_ISSUER is missing. It must be a non-empty value. Or set BETTER_AUTH_URL.',
      ],
    });
  });
});

describe('a default', () => {
  const schema = { URL: z.string().optional(), NODE_ENV: z.string() };
  const url = (given: Record<string, string>, options: EnvironmentOptions) => {
    const result = validate(schema, given, options);
    return 'environment' in result ? result.environment.URL : result.errors;
  };

  it('may refer to other variables, which may have defaults themselves', () => {
    const defaults = { URL: '${ORIGIN}/keys', ORIGIN: 'http://${HOST}:${PORT}', PORT: '80' };
    expect(url({ HOST: 'a' }, { defaults })).toBe('http://a:80/keys');
    expect(url({ ORIGIN: 'https://b/' }, { defaults })).toBe('https://b/keys');
  });

  it('is skipped if a variable it refers to is missing or circular', () => {
    expect(url({}, { defaults: { URL: '${HOST}' } })).toBeUndefined();
    expect(url({}, { defaults: { URL: '${A}', A: '${B}', B: '${URL}' } })).toBeUndefined();
  });

  it('never overrides a given value, and does not replace placeholders in a given value', () => {
    expect(url({ URL: '${A}', A: 'x' }, { defaults: { URL: 'b' } })).toBe('${A}');
    expect(url({ A: '${B}', B: 'x' }, { defaults: { URL: '${A}' } })).toBe('${B}');
  });

  it.each([
    ['development', 'development'],
    ['test', 'development'],
    ['production', 'defaults'],
    ['staging', 'defaults'],
    ['', 'defaults'],
  ])('with NODE_ENV=%j comes from: %s', (NODE_ENV, expected) => {
    expect(url({ NODE_ENV }, { defaults: { URL: 'defaults' }, development: { URL: 'development' } })).toBe(
      expected,
    );
  });
});

it('treats an unknown or missing NODE_ENV as production', () => {
  const mode = (given: Record<string, string>) => validate({ NODE_ENV: z.string() }, given);
  expect(mode({})).toEqual({ environment: { NODE_ENV: 'production' } });
  expect(mode({ NODE_ENV: 'staging' })).toEqual({ environment: { NODE_ENV: 'production' } });
  expect(mode({ NODE_ENV: 'development' })).toEqual({ environment: { NODE_ENV: 'development' } });
});
