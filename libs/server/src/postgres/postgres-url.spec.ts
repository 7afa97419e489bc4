import { expect, it } from '@jest/globals';
import { isUnencryptedByOmission } from './postgres-url.js';

it.each([
  'postgres://u:p@db.example.com/n',
  'postgres://10.0.0.7:5432/n',
  'postgres://[fd00::7]/n',
  'postgres:///n?host=db.example.com',
  'postgres://localhost.example.com/n?application_name=api',
])('finds that %s has no TLS', (url) => {
  expect(isUnencryptedByOmission(url)).toBe(true);
});

it.each([
  'postgres://localhost/n',
  'postgres://127.0.0.1:5432/n',
  'postgres://[::1]/n',
  'postgres://%2Fvar%2Frun%2Fpostgresql/n',
  'postgres:///n?host=/var/run/postgresql',
  'postgres://db.example.com/n?sslmode=verify-full',
  'postgres://db.example.com/n?sslmode=disable',
  'postgres://db.example.com/n?ssl=true',
  'postgres://db.example.com/n?sslrootcert=/etc/ca.pem',
])('accepts %s', (url) => {
  expect(isUnencryptedByOmission(url)).toBe(false);
});
