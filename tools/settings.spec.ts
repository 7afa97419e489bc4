import { describe, expect, it } from '@jest/globals';
import { withSecret } from './settings.js';

describe('withSecret', () => {
  it.each([
    ['', 'BETTER_AUTH_SECRET=s\n'],
    ['API_PORT=1', 'API_PORT=1\nBETTER_AUTH_SECRET=s\n'],
    ['API_PORT=1\r\n', 'API_PORT=1\r\nBETTER_AUTH_SECRET=s\r\n'],
    ['BETTER_AUTH_SECRET=\nAPI_PORT=1\n', 'BETTER_AUTH_SECRET=s\nAPI_PORT=1\n'],
    ['export BETTER_AUTH_SECRET = ""\r\nA=1', 'export BETTER_AUTH_SECRET =s\r\nA=1'],
    ['# BETTER_AUTH_SECRET=\n', '# BETTER_AUTH_SECRET=\nBETTER_AUTH_SECRET=s\n'],
  ])('turns %j into %j', (text, expected) => {
    expect(withSecret(text, 's')).toBe(expected);
  });
});
