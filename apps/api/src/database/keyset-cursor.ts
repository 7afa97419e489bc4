import { hash } from 'node:crypto';
import { ProblemException } from '@app/server';

/** The position of a row in a list: its value in the sort column, and its id to distinguish rows with equal values. */
export interface Position {
  value: string | number | boolean | null;
  id: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** PostgreSQL cannot store NUL, nor a surrogate without its pair. */
const UNSTORABLE = /\0|\p{Surrogate}/u;
const DATE = /^\d{4}-\d\d-\d\d$/;
const DECIMAL = /^-?\d+(\.\d+)?$/;
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function checksum(list: string, position: string): string {
  return hash('sha256', `${list}\n${position}`, 'base64url').slice(0, 16);
}

/**
 * Returns an opaque cursor for a position in a list.
 * The checksum binds it to the list's owner, order and filters. It is not a security measure, because anyone can compute
 * it: every statement filters by the owner of the request, and `decodeCursor` accepts only what this function returns.
 * @param list identifies the owner, order and filters of the list.
 */
export function encodeCursor(list: string, { value, id }: Position): string {
  const position = JSON.stringify([value, id]);
  return Buffer.from(checksum(list, position) + position).toString('base64url');
}

/**
 * Returns the position that `encodeCursor` encoded for the same list.
 * @throws ProblemException 400 if the cursor belongs to another list or is malformed.
 */
export function decodeCursor(list: string, cursor: string): Position {
  const position = parsePosition(Buffer.from(cursor, 'base64url').toString().slice(16));
  if (!position || encodeCursor(list, position) !== cursor) {
    throw invalidCursor();
  }
  return position;
}

function parsePosition(json: string): Position | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return undefined;
  }
  const [value, id] = Array.isArray(parsed) ? (parsed as unknown[]) : [];
  return isScalar(value) && typeof id === 'string' && UUID.test(id) ? { value, id } : undefined;
}

function isScalar(value: unknown): value is Position['value'] {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

/**
 * Returns whether a row can have the value in the column that its list is sorted by.
 * @param column Its type has PostgreSQL's own name. Undefined if the list is sorted by the id, which needs no value.
 */
export function isSortValue(
  value: Position['value'],
  column: { type: string; isNullable: boolean } | undefined,
): boolean {
  if (value === null || !column) {
    return value === null && (column?.isNullable ?? true);
  }
  switch (column.type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'smallint':
    case 'integer':
      return Number.isInteger(value);
    case 'real':
    case 'double precision':
      return typeof value === 'number';
    case 'bigint':
    case 'numeric':
      // Text, because a JavaScript number isn't exact.
      return typeof value === 'string' && DECIMAL.test(value);
    case 'date':
      return typeof value === 'string' && DATE.test(value);
    case 'timestamp with time zone':
      // PostgreSQL also accepts 'now' and 'infinity'.
      return typeof value === 'string' && TIMESTAMP.test(value);
    default:
      return typeof value === 'string' && !UNSTORABLE.test(value);
  }
}

export function invalidCursor(): ProblemException {
  return new ProblemException(400, {
    detail: 'The cursor does not belong to this list.',
    errors: [
      {
        parameter: 'cursor',
        detail: 'Use nextCursor from the previous page, with the same sort, search and filters',
      },
    ],
  });
}
