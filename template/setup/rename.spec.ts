import { describe, expect, it } from '@jest/globals';
import { checkName, hasTrace, renamed, templateName } from './rename.js';

const words = templateName.split('-');
const [framework, ...rest] = words as [string, string, string];
const capitalized = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

describe('renamed', () => {
  it.each([
    [templateName, 'my-product'],
    [rest.join('-'), 'my-product'],
    [words.join('_'), 'my_product'],
    [words.join('_').toUpperCase(), 'MY_PRODUCT'],
    [`NestJS ${rest.join(' ')}`, 'My product'],
    [`Nest ${rest.join(' ')}`, 'My product'],
    [capitalized(rest.join(' ')), 'My product'],
    [rest.join(' '), 'my product'],
    [rest.map(capitalized).join(''), 'MyProduct'],
    [`${rest[0]}${capitalized(rest[1] as string)}`, 'myProduct'],
    [rest.join(''), 'myproduct'],
    [`/var/lib/${templateName}/x`, '/var/lib/my-product/x'],
    [`${framework} and ${rest[0]}s`, `${framework} and ${rest[0]}s`],
  ])('turns %s into %s', (text, expected) => {
    expect(renamed(text, 'my-product')).toBe(expected);
    expect(hasTrace(renamed(text, 'my-product'))).toBe(false);
  });
});

describe('checkName', () => {
  it('takes a name that npm, Postgres and a container take too', () => {
    expect(checkName('my-product')).toBe('my-product');
  });

  it.each(['', 'My-Product', 'my product', '@me/product', '../x', '-x', 'x-', 'x--y', '9x', 'x'.repeat(41)])(
    'refuses %j',
    (name) => {
      expect(() => checkName(name)).toThrow('cannot name the project');
    },
  );

  it("refuses the template's own", () => {
    expect(() => checkName(templateName)).toThrow('of the template');
  });
});
