import { expect, it } from '@jest/globals';
import { validateOptions } from './auth.options.js';

const options = {
  issuer: 'https://issuer.test',
  audience: 'https://api.test',
  jwksUrl: 'https://issuer.test/jwks',
};

it('accepts complete options', () => {
  expect(validateOptions(options)).toBe(options);
});

it.each(['issuer', 'audience', 'jwksUrl'])('throws without %s', (name) => {
  expect(() => validateOptions({ ...options, [name]: undefined })).toThrow(name);
  expect(() => validateOptions({ ...options, [name]: '' })).toThrow(name);
});
