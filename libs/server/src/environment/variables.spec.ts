import { expect, it } from '@jest/globals';
import type { z } from 'zod';
import {
  boolean,
  httpUrl,
  integer,
  list,
  logLevel,
  network,
  origin,
  port,
  postgresUrl,
  redisUrl,
  smtpUrl,
  text,
} from './variables.js';

it.each<[string, z.ZodType, string, unknown]>([
  ['origin', origin(), 'https://example.com', 'https://example.com'],
  ['origin', origin(), 'http://localhost:3000/', 'http://localhost:3000'],
  ['origin', origin(), 'HTTPS://Example.com:443', 'https://example.com'],
  ['httpUrl', httpUrl(), 'https://a.test/b?c', 'https://a.test/b?c'],
  ['postgresUrl', postgresUrl(), 'postgres://u:p%23@h/n', 'postgres://u:p%23@h/n'],
  ['postgresUrl', postgresUrl(), 'postgresql:///n?host=/tmp', 'postgresql:///n?host=/tmp'],
  ['postgresUrl', postgresUrl(), 'postgres://u:a,b@h/n', 'postgres://u:a,b@h/n'],
  ['redisUrl', redisUrl(), 'rediss://h:6379/1', 'rediss://h:6379/1'],
  ['smtpUrl', smtpUrl(), 'smtp://u:p@h:587', 'smtp://u:p@h:587'],
  ['port', port(), '65535', 65_535],
  ['integer', integer(0, 9), '0', 0],
  ['boolean', boolean(), 'false', false],
  ['list', list(text()), ' a , b,', ['a', 'b']],
  ['list', list(origin()), 'http://a/', ['http://a']],
  ['network', network(), '10.0.0.0/8', '10.0.0.0/8'],
  ['network', network(), '::1', '::1'],
  ['network', network(), 'fd00::/64', 'fd00::/64'],
  ['logLevel', logLevel(), 'debug', 'debug'],
])('%s parses %3$s', (_, schema, value, expected) => {
  expect(schema.parse(value)).toEqual(expected);
});

it.each<[string, z.ZodType, string[]]>([
  [
    'origin',
    origin(),
    [
      'a',
      'a.test',
      'ftp://a',
      'http://',
      'http://a/b',
      'http://a?b',
      'http://a#b',
      'http://u@a',
      'http://:p@a',
      '*',
      'https://*',
      'https://*.a.test',
      'https://a.test:*',
    ],
  ],
  ['httpUrl', httpUrl(), ['a', '/a', 'ftp://a', 'javascript:alert(1)']],
  ['postgresUrl', postgresUrl(), ['mysql://h/n', 'postgres://', 'postgres://u:p#p@h/n', 'h:5432']],
  [
    'postgresUrl with several hosts',
    postgresUrl(),
    [
      'postgres://a:5432,b:5432/db?target_session_attrs=read-write',
      'postgresql://u:p@a,b/db',
      'postgres://u:p@[::1]:5432,[::2]:5432/db',
      'postgres://a%2Cb/db',
      'postgres:///db?host=a,b&port=1,2',
      'postgres://a/db?port=1,2',
    ],
  ],
  [
    'postgresUrl with a file that is missing',
    postgresUrl(),
    ['postgres://h/n?sslmode=verify-full&sslrootcert=/missing/ca.pem', 'postgres://h/n?sslkey=/missing/key'],
  ],
  ['redisUrl', redisUrl(), ['localhost:6379', 'http://h', 'redis://']],
  ['smtpUrl', smtpUrl(), ['mail.test', 'http://h']],
  ['port', port(), ['0', '65536', '-1', '80.0', '8e1', ' 80', '80 ', '0x50', 'http', '99999999999']],
  ['boolean', boolean(), ['1', 'yes', 'TRUE']],
  [
    'network',
    network(),
    ['true', '1', 'localhost', '10.0.0.0/33', '::/129', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0'],
  ],
  ['logLevel', logLevel(), ['verbose', 'INFO']],
])('%s rejects %j', (_, schema, values) => {
  for (const value of values) {
    const { success, error } = schema.safeParse(value);
    expect([value, success]).toEqual([value, false]);
    expect(error!.issues.map(({ message }) => message)).toEqual([expect.stringMatching(/^must (be|name) /)]);
  }
});

it('says which addresses work instead of several PostgreSQL hosts', () => {
  const { error } = postgresUrl().safeParse('postgres://a:5432,b:5432/db?target_session_attrs=read-write');
  expect(error!.issues.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^must name one host.*always points to the primary/),
  ]);
});
