import { describe, expect, it } from '@jest/globals';
import { checkName, hasTemplateName, rename } from './rename.js';

describe('rename', () => {
  it.each([
    ['"name": "nestjs-task-template",', '"name": "my-product",'],
    ['/var/lib/nestjs-task-template/x', '/var/lib/my-product/x'],
    ["export const appId = 'task-template';", "export const appId = 'my-product';"],
    ['# NestJS task template', '# My product'],
    ["export const appName = 'Tasks';", "export const appName = 'My product';"],
    ['A template for a task', 'A template for a task'],
  ])('turns %s into %s', (text, expected) => {
    expect(rename(text, 'my-product')).toBe(expected);
    expect(hasTemplateName(rename(text, 'my-product'))).toBe(false);
  });
});

describe('checkName', () => {
  it('accepts a name that npm, PostgreSQL and Docker accept', () => {
    expect(checkName('my-product')).toBe('my-product');
  });

  it.each(['', 'My-Product', 'my product', '@me/product', '../x', '-x', 'x-', 'x--y', '9x', 'x'.repeat(41)])(
    'rejects %j',
    (name) => {
      expect(() => checkName(name)).toThrow('is not a valid name');
    },
  );

  it.each(['nestjs-task-template', 'task-template'])('rejects the name of the template, %s', (name) => {
    expect(() => checkName(name)).toThrow('name of the template');
  });
});
