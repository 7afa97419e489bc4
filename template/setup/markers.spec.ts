import { describe, expect, it } from '@jest/globals';
import { removeParts } from './markers.js';

describe('removeParts', () => {
  it.each([
    ['# web:start\nPORT=1\n# web:end\nA=1\n', 'A=1\n', 'PORT=1\nA=1\n'],
    ['a\n\n<!-- web:start -->\n\nb\n\n<!-- web:end -->\n\nc\n', 'a\n\nc\n', 'a\n\nb\n\nc\n'],
    ['  // web:start\n  a,\n  // web:else\n  // b,\n  // web:end\n', '  b,\n', '  a,\n'],
    ['<!-- web:start -->\na\n<!-- web:else\nb\nweb:end -->\n', 'b\n', 'a\n'],
    ['a<!-- web:start --> and b<!-- web:end -->.', 'a.', 'a and b.'],
    ['a<!-- web:start --> b<!-- web:else  c --><!-- web:end -->.', 'a c.', 'a b.'],
    ['# web:start\na\n# web:end\n', '', 'a\n'],
  ])('replaces the sections of %j', (text, without, kept) => {
    expect(removeParts(text, ['web'])).toBe(without);
    expect(removeParts(text, [])).toBe(kept);
  });

  it('removes a section inside another one with it', () => {
    const text = '# template:start\na\n# web:start\nb\n# web:end\nc\n# template:end\nd\n';
    expect(removeParts(text, ['template'])).toBe('d\n');
    expect(removeParts(text, ['web'])).toBe('a\nc\nd\n');
  });

  it('leaves a text without markers as it is', () => {
    expect(removeParts('\n\n\na\n', ['web'])).toBe('\n\n\na\n');
  });

  it.each([
    ['# web:start\na\n', 'web:start has no web:end'],
    ['# web:start\na\n# template:end\n# web:start', 'template:end has no template:start'],
  ])('rejects %j', (text, message) => {
    expect(() => removeParts(text, ['web'])).toThrow(message);
  });
});
