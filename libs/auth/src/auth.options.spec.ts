import { expect, it } from '@jest/globals';
import { checkOptions } from './auth.options.js';

const options = {
  issuer: 'https://issuer.test',
  audience: 'https://api.test',
  jwksUrl: 'https://issuer.test/jwks',
};

it('takes options that are complete', () => {
  expect(checkOptions(options)).toBe(options);
});

it.each(['issuer', 'audience', 'jwksUrl'])('refuses to start without %s', (name) => {
  expect(() => checkOptions({ ...options, [name]: undefined })).toThrow(name);
  expect(() => checkOptions({ ...options, [name]: '' })).toThrow(name);
});
