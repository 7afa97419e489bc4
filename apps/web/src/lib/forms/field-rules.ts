import { z } from 'zod';

/** Rules for the text of form controls, with a sentence for each error. The API validates the same limits. */

interface Presence {
  /** An empty control means that there is no value. */
  optional?: boolean;
}

interface Length extends Presence {
  min?: number;
  max: number;
}

interface Range extends Presence {
  min?: number;
  max?: number;
}

const required = 'Required.';

/** One line of text. It is trimmed before its characters are counted. */
export function textLine({ min = 0, max, optional = min === 0 }: Length) {
  return rule((text) => lengthError(text, { min, max }), optional);
}

/** Text of several lines. Spaces at its start and end are kept. */
export function longText({ min = 0, max, optional = min === 0 }: Length) {
  return untrimmedRule((text) => lengthError(text, { min, max }), optional);
}

export function wholeNumber({ min = -2_147_483_648, max = 2_147_483_647, optional }: Range) {
  return rule(
    (text) => {
      if (!/^-?\d+$/.test(text)) {
        return 'Enter a whole number.';
      }
      const isInRange = Number(text) >= min && Number(text) <= max;
      return isInRange ? undefined : `Enter a number from ${format(min)} to ${format(max)}.`;
    },
    optional,
    'Enter a number.',
  );
}

export function decimalNumber({
  precision,
  scale,
  optional,
}: Presence & { precision: number; scale: number }) {
  const digits = precision - scale;
  return rule(
    (text) => {
      const [, integer = '', fraction = ''] = /^-?(0|[1-9]\d*)(?:\.(\d+))?$/.exec(text) ?? [];
      if (!integer) {
        return `Enter a number, such as ${scale ? '0.5' : '5'}.`;
      }
      const fits = integer.replace(/^0$/, '').length <= digits && fraction.length <= scale;
      return fits ? undefined : `Use at most ${digits} digits before the point and ${scale} after it.`;
    },
    optional,
    'Enter a number.',
  );
}

/** The value of a date control. */
export function calendarDate({ optional }: Presence = {}) {
  return rule(
    (text) => (/^\d{4}-\d\d-\d\d$/.test(text) ? undefined : invalidDate),
    optional,
    'Enter a date.',
  );
}

/** The value of a control for a local date and time. */
export function dateTime({ optional }: Presence = {}) {
  return rule(
    (text) => (/^\d{4}-\d\d-\d\dT/.test(text) ? undefined : invalidDate),
    optional,
    'Enter a date and a time.',
  );
}

const invalidDate = 'Enter a valid date.';

export function oneOf<const Values extends readonly string[]>(values: Values) {
  return z.enum(values, 'Choose one.');
}

export function httpUrl({ max, optional }: Presence & { max: number }) {
  return rule((text) => {
    const isValid = /^https?:\/\/[^\s]+$/i.test(text) && URL.canParse(text);
    return isValid ? lengthError(text, { max }) : 'Enter a web address, like https://example.com.';
  }, optional);
}

export function emailAddress({ optional }: Presence = {}) {
  return rule((text) => {
    const isValid = z.email().safeParse(text).success;
    return isValid ? lengthError(text, { max: 254 }) : 'Enter an email address, like ada@example.com.';
  }, optional);
}

/** Several items, one per line. */
export function itemLines({ maxItems, min = 1, max }: { maxItems: number; min?: number; max: number }) {
  return untrimmedRule((text) => {
    const items = toItems(text);
    if (items.length > maxItems) {
      return `Use at most ${format(maxItems)} ${maxItems === 1 ? 'line' : 'lines'}.`;
    }
    const error = items.map((item) => lengthError(item, { min, max })).find(Boolean);
    return error?.replace(/\.$/, ' per line.');
  }, true);
}

/** Returns the lines of a text that aren't empty, trimmed. */
export function toItems(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}

export function jsonText({ maxBytes, optional }: Presence & { maxBytes: number }) {
  return rule((text) => {
    try {
      const json = JSON.stringify(JSON.parse(text));
      const isTooLarge = new TextEncoder().encode(json).length > maxBytes;
      return isTooLarge ? `Use at most ${format(maxBytes)} bytes of JSON.` : undefined;
    } catch {
      return 'Enter valid JSON, like { "name": "value" }.';
    }
  }, optional);
}

type FindError = (text: string) => string | undefined;

function rule(findError: FindError, optional?: boolean, missing?: string) {
  return z
    .string(required)
    .trim()
    .superRefine(check(findError, optional, missing));
}

function untrimmedRule(findError: FindError, optional?: boolean) {
  return z.string(required).superRefine(check(findError, optional));
}

function check(findError: FindError, optional = false, missing = required) {
  return (text: string, context: z.RefinementCtx) => {
    const message = text === '' ? (optional ? undefined : missing) : findError(text);
    if (message) {
      context.addIssue({ code: 'custom', message });
    }
  };
}

/** Counts code points, as the API does. */
function lengthError(text: string, { min = 0, max }: { min?: number; max: number }): string | undefined {
  const { length } = [...text];
  if (length >= min && length <= max) {
    return undefined;
  }
  return min > 1
    ? `Use ${format(min)} to ${format(max)} characters.`
    : `Use at most ${format(max)} characters.`;
}

const format = (value: number) => value.toLocaleString('en');
