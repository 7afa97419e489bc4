import { expect, test } from '@playwright/test';
import type { z } from 'zod';
import { changedFields } from '../src/lib/forms/changed-fields.js';
import {
  calendarDate,
  dateTime,
  decimalNumber,
  emailAddress,
  httpUrl,
  itemLines,
  jsonText,
  longText,
  oneOf,
  textLine,
  toItems,
  wholeNumber,
} from '../src/lib/forms/field-rules.js';

const invalidUrl = 'Enter a web address, like https://example.com.';
const invalidEmail = 'Enter an email address, like ada@example.com.';
const invalidJson = 'Enter valid JSON, like { "name": "value" }.';

const errors: [rule: z.ZodType, input: unknown, message: string | undefined][] = [
  [textLine({ min: 1, max: 3 }), '', 'Required.'],
  [textLine({ min: 1, max: 3 }), '  ', 'Required.'],
  [textLine({ min: 1, max: 3 }), undefined, 'Required.'],
  [textLine({ min: 1, max: 3 }), ' 😀😀😀 ', undefined],
  [textLine({ min: 1, max: 3 }), 'abcd', 'Use at most 3 characters.'],
  [textLine({ min: 2, max: 3 }), 'a', 'Use 2 to 3 characters.'],
  [textLine({ min: 2, max: 3, optional: true }), '', undefined],
  [textLine({ max: 3 }), '', undefined],
  [longText({ max: 10_000 }), 'a'.repeat(10_001), 'Use at most 10,000 characters.'],
  [longText({ min: 1, max: 3 }), '', 'Required.'],
  [wholeNumber({ min: 1, max: 5 }), '', 'Enter a number.'],
  [wholeNumber({ min: 1, max: 5 }), '1.5', 'Enter a whole number.'],
  [wholeNumber({ min: 1, max: 5 }), 'x', 'Enter a whole number.'],
  [wholeNumber({ min: 1, max: 5 }), '6', 'Enter a number from 1 to 5.'],
  [wholeNumber({ min: 1, max: 5 }), ' 5 ', undefined],
  [wholeNumber({}), '2147483648', 'Enter a number from -2,147,483,648 to 2,147,483,647.'],
  [wholeNumber({ optional: true }), '', undefined],
  [decimalNumber({ precision: 4, scale: 2 }), '', 'Enter a number.'],
  [decimalNumber({ precision: 4, scale: 2 }), '1,5', 'Enter a number, such as 0.5.'],
  [
    decimalNumber({ precision: 4, scale: 2 }),
    '1.555',
    'Use at most 2 digits before the point and 2 after it.',
  ],
  [decimalNumber({ precision: 4, scale: 2 }), '100', 'Use at most 2 digits before the point and 2 after it.'],
  [decimalNumber({ precision: 2, scale: 2 }), '0.5', undefined],
  [decimalNumber({ precision: 4, scale: 2 }), '-99.99', undefined],
  [calendarDate(), '', 'Enter a date.'],
  [calendarDate(), '12026-01-01', 'Enter a valid date.'],
  [calendarDate({ optional: true }), '', undefined],
  [dateTime(), '', 'Enter a date and a time.'],
  [dateTime(), '12026-01-01T00:00', 'Enter a valid date.'],
  [dateTime(), '2026-01-01T00:00', undefined],
  [oneOf(['open', 'done']), '', 'Choose one.'],
  [httpUrl({ max: 30 }), '', 'Required.'],
  [httpUrl({ max: 30 }), 'example.com', invalidUrl],
  [httpUrl({ max: 30 }), 'ftp://example.com', invalidUrl],
  [httpUrl({ max: 30 }), 'https://exam ple.com', invalidUrl],
  [httpUrl({ max: 30 }), `https://example.com/${'a'.repeat(30)}`, 'Use at most 30 characters.'],
  [httpUrl({ max: 30 }), 'https://example.com', undefined],
  [emailAddress(), 'ada', invalidEmail],
  [emailAddress(), `${'a'.repeat(300)}@example.com`, 'Use at most 254 characters.'],
  [emailAddress({ optional: true }), '', undefined],
  [itemLines({ maxItems: 2, max: 3 }), 'a\nb\n\nc', 'Use at most 2 lines.'],
  [itemLines({ maxItems: 2, max: 3 }), 'a\nbcde', 'Use at most 3 characters per line.'],
  [itemLines({ maxItems: 2, max: 3 }), '\n a \n', undefined],
  [jsonText({ maxBytes: 10 }), '', 'Required.'],
  [jsonText({ maxBytes: 10 }), '{', invalidJson],
  [jsonText({ maxBytes: 10 }), '["ääää"]', 'Use at most 10 bytes of JSON.'],
  [jsonText({ maxBytes: 10 }), '{ "a":      1 }', undefined],
];

test('every rule of a form field has a sentence for the user', () => {
  for (const [rule, input, message] of errors) {
    const found = rule.safeParse(input).error?.issues.map((issue) => issue.message);
    expect({ input, found }).toEqual({ input, found: message === undefined ? undefined : [message] });
  }
});

test('an item is a line without spaces around it', () => {
  expect(toItems(' a \n\n b c\n')).toEqual(['a', 'b c']);
});

test('a draft contains only the fields that the user has changed', () => {
  const before = { title: 'Plan', tags: ['a'], priority: '1' };
  expect(changedFields(before, { title: 'Plan B', tags: ['a'], priority: '1' })).toEqual({ title: 'Plan B' });
  expect(changedFields(before, { title: 'Plan', tags: [], priority: '' })).toEqual({
    tags: [],
    priority: '',
  });
});
