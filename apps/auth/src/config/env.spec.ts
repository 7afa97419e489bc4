import { afterEach, expect, it, jest } from '@jest/globals';
import { authSettings, readEnvironment } from './env.js';

const required = {
  NODE_ENV: 'test',
  AUTH_DATABASE_URL: 'postgres://user:password@localhost:5432/auth',
  BETTER_AUTH_SECRET: 'only for tests, only for tests, only for tests',
};

const oidc = {
  OIDC_ISSUER: 'https://id.example.com/realms/acme',
  OIDC_CLIENT_ID: 'oidc-id',
  OIDC_CLIENT_SECRET: 'hunter2',
  OIDC_NAME: 'Company',
};

afterEach(() => {
  jest.restoreAllMocks();
});

/** Returns the lines that a failed start prints. */
function errorsOf(variables: Record<string, string>): string[] {
  const print = jest.spyOn(console, 'error').mockImplementation(() => {});
  jest.spyOn(process, 'exit').mockImplementation(() => {
    throw new Error('exit');
  });
  expect(() => readEnvironment({ ...required, ...variables })).toThrow('exit');
  const [message] = print.mock.lastCall as [string];
  return message.split('\n').slice(1);
}

it('configures no provider by default', () => {
  expect(authSettings(readEnvironment(required)).socialProviders).toEqual({});
});

it('configures the providers whose variables are set', () => {
  const env = readEnvironment({
    ...required,
    ...oidc,
    GITHUB_CLIENT_ID: 'github-id',
    GITHUB_CLIENT_SECRET: 'github-secret',
  });
  expect(authSettings(env).socialProviders).toEqual({
    github: { clientId: 'github-id', clientSecret: 'github-secret' },
    oidc: {
      clientId: 'oidc-id',
      clientSecret: 'hunter2',
      issuer: 'https://id.example.com/realms/acme',
      name: 'Company',
    },
  });
});

it.each(['GOOGLE', 'GITHUB', 'MICROSOFT'])('requires both variables of %s or none', (name) => {
  expect(errorsOf({ [`${name}_CLIENT_ID`]: 'x' })).toEqual([
    `  ${name}_CLIENT_SECRET is missing. It must be set together with ${name}_CLIENT_ID.`,
  ]);
  expect(errorsOf({ [`${name}_CLIENT_SECRET`]: 'x', [`${name}_CLIENT_ID`]: ' ' })).toEqual([
    `  ${name}_CLIENT_ID is missing. It must be set together with ${name}_CLIENT_SECRET.`,
  ]);
});

it.each(Object.keys(oidc))('requires %s if the other variables of the OpenID provider are set', (name) => {
  const errors = errorsOf({ ...oidc, [name]: '' });
  expect(errors).toEqual([
    expect.stringMatching(`^ {2}${name} is missing. It must be set together with OIDC_`),
  ]);
  expect(errors.join()).not.toContain('hunter2');
});

it('names every other invalid variable, too', () => {
  expect(errorsOf({ ...oidc, OIDC_ISSUER: 'id.example.com', OIDC_NAME: '', LOG_LEVEL: 'x' })).toEqual([
    '  OIDC_ISSUER must be a URL, such as https://example.com/path.',
    expect.stringMatching('LOG_LEVEL must be one of'),
    expect.stringMatching('OIDC_NAME is missing'),
  ]);
});
