import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { emailColors } from './brand.js';
import { type EmailText, renderHtml, renderText } from './layout.js';
import { type EmailKind, type EmailParameters, messages } from './messages.js';

const link = (path: string, token?: string) => `https://app.test${path}${token ? `?token=${token}` : ''}`;

const parameters: EmailParameters = {
  'verify-email': { token: 'a' },
  'reset-password': { token: 'a' },
  'address-taken': {},
  'address-reserved': {},
  'confirm-email-change': { token: 'a' },
  'restore-email': { token: 'a', newEmail: `o'hara&"co"<script>@example.com` },
  'sign-in-method-added': { method: 'Google' },
  'personal-token-created': {},
};

const write = <Kind extends EmailKind>(kind: Kind) => messages[kind].write(parameters[kind], link);

const text = (more: Partial<EmailText>): EmailText => ({
  subject: '',
  intro: [],
  links: [],
  outro: [],
  ...more,
});

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const unescape = (html: string) =>
  html.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name]!);

describe.each(Object.keys(parameters) as EmailKind[])('a %s email', (kind) => {
  const email = write(kind);

  it('has the same text in HTML and in the alternative', () => {
    const [html, plain] = [unescape(renderHtml(email)), renderText(email)];
    for (const paragraph of [...email.intro, ...email.links.flatMap(Object.values), ...email.outro]) {
      expect(html).toContain(paragraph);
      expect(plain).toContain(paragraph);
    }
  });

  it('has a subject in ASCII', () => {
    expect(email.subject).toMatch(/^[ -~]{10,78}$/);
  });
});

it('escapes every character of names, addresses and URLs that has a meaning in HTML', () => {
  const hostile = fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', 'a', '/', ' ', '=', ';') });
  const tags = (html: string) => html.match(/<[^>]*>/g)!.map((tag) => tag.replace(/"[^"]*"/g, '""'));
  const harmless = text({ subject: 'a', intro: ['a'], links: [{ label: 'a', url: 'a' }], outro: ['a'] });
  fc.assert(
    fc.property(hostile, (value) => {
      const html = renderHtml(
        text({ subject: value, intro: [value], links: [{ label: value, url: value }], outro: [value] }),
      );
      expect(tags(html)).toEqual(tags(renderHtml(harmless)));
      expect(unescape(html)).toContain(`href="${value}"`);
    }),
  );
});

it('shows a hostile address as text', () => {
  const html = renderHtml(write('restore-email'));
  expect(html).toContain('o&#39;hara&amp;&quot;co&quot;&lt;script&gt;@example.com');
  expect(html).not.toContain('<script');
});

describe.each(Object.entries(emailColors))('the colors of the %s theme', (_, colors) => {
  /** Relative luminance, as in WCAG 2. */
  const luminance = (color: string) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5]
      .map((index) => parseInt(color.slice(index, index + 2), 16) / 255)
      .map((channel) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (a: string, b: string) => {
    const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };

  it.each([
    ['text', 'card'],
    ['text', 'background'],
    ['mutedText', 'card'],
    ['link', 'card'],
    ['buttonText', 'button'],
  ] as const)('have enough contrast for %s on %s', (foreground, background) => {
    expect(contrast(colors[foreground], colors[background])).toBeGreaterThan(4.5);
  });
});
