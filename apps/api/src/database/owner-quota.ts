import { ConflictException } from '@nestjs/common';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { getType } from './column-type.js';

export interface OwnerQuotaOptions {
  /** 0: no limit. */
  maxRows: number;
  /** Of text and other values without a fixed size, in all rows. 0: no limit. */
  maxBytes: number;
}

/** The triggers of owner scopes find them by `pg_attribute.attlen`. */
const FIXED_SIZE_TYPES = new Set([
  'boolean',
  'smallint',
  'integer',
  'bigint',
  'real',
  'double precision',
  'money',
  'date',
  'time without time zone',
  'time with time zone',
  'timestamp without time zone',
  'timestamp with time zone',
  'interval',
  'uuid',
  'enum',
  'macaddr',
  'macaddr8',
  'point',
  'line',
  'lseg',
  'box',
  'circle',
]);

/** Limits the rows and bytes of one owner. The database counts them in the statement that changes a row. */
export class OwnerQuota {
  constructor(readonly options: OwnerQuotaOptions) {}

  get isEnabled(): boolean {
    return this.options.maxRows > 0 || this.options.maxBytes > 0;
  }

  /**
   * Returns an expression for the RETURNING clause that counts a change and then returns the row's version.
   * @param addParameter adds a parameter and returns its placeholder. `$1` is the owner.
   */
  chargedVersion(rows: number, bytes: string, addParameter: (value: unknown) => string): string {
    const { maxRows, maxBytes } = this.options;
    const maximums = [maxRows, maxBytes].map((max) => addParameter(max || null)).join(', ');
    return `CASE WHEN charge_owner_usage($1, ${rows}, ${bytes}, ${maximums}) THEN version END AS version`;
  }

  /** Returns a 409 if the error of a statement means that a limit is reached, else the error. */
  toException(error: unknown): unknown {
    switch ((error as { code?: string }).code) {
      case 'OQ001':
        return new ConflictException(
          `Your limit of ${this.options.maxRows} rows (OWNER_MAX_ROWS) is reached. Delete some, then try again.`,
        );
      case 'OQ002':
        return new ConflictException(
          `Your limit of ${this.options.maxBytes} bytes (OWNER_MAX_BYTES) is reached. Delete or shorten something, then try again.`,
        );
      default:
        return error;
    }
  }
}

/** Returns whether the values of a column have no fixed size. */
export const hasVariableSize = (column: ColumnMetadata) =>
  column.isArray || !FIXED_SIZE_TYPES.has(getType(column));

/** Returns an expression for the bytes of these columns. For text, PostgreSQL doesn't have to decompress it. */
export function bytesOf(columns: ColumnMetadata[]): string {
  const counted = columns.filter((column) => hasVariableSize(column) && !column.isPrimary);
  const sizes = counted.map((column) => {
    const isText = !column.isArray && ['text', 'character varying'].includes(getType(column));
    return `COALESCE(octet_length("${column.databaseName}"${isText ? '' : '::text'}), 0)`;
  });
  return sizes.length > 0 ? `(${sizes.join(' + ')})` : '0';
}
