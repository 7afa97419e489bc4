import { ProblemException, type ProblemDetail } from '@app/server';
import type { EntityMetadata } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';

/** The fields of an error of PostgreSQL. https://www.postgresql.org/docs/current/protocol-error-fields.html */
interface DatabaseError {
  message: string;
  code?: string;
  detail?: string;
  table?: string;
  column?: string;
  constraint?: string;
}

/** The parts of a request that a constraint can be about. */
interface Request {
  body?: unknown;
  params?: unknown;
}

/** A constraint or unique index that the entities declare. */
interface Constraint {
  table: string;
  columns: ColumnMetadata[];
  /** Of a foreign key. */
  parent?: EntityMetadata;
  parentColumns?: ColumnMetadata[];
}

const FOREIGN_KEY = '23503';
const RESTRICT = '23001'; // for ON DELETE RESTRICT, since PostgreSQL 18
const UNIQUE = '23505';
const EXCLUSION = '23P01';
const NOT_NULL = '23502';
const CHECK = '23514';

/** Errors of values that name neither their column nor a constraint. */
const VALUE_ERRORS: Record<string, string> = {
  '22001': 'A value is too long.',
  '22003': 'A number is out of range.',
  '22008': 'A date or time is out of range.',
};

/**
 * Converts violations of constraints to exceptions with the names of properties, but without any value: the client sent
 * a value that the schema of the request can't reject, such as the id of a row that doesn't exist.
 */
export class ConstraintViolations {
  readonly #entities: Map<string, EntityMetadata>;

  constructor(entities: EntityMetadata[]) {
    this.#entities = new Map(entities.map((entity) => [entity.tableName, entity]));
  }

  /** Returns an exception if PostgreSQL rejected a statement or a COMMIT because of its values, else undefined. */
  toException(thrown: unknown, request: Request): ProblemException | undefined {
    const error: DatabaseError = Object(thrown).driverError ?? Object(thrown);
    const constraint = this.#findConstraint(error);
    switch (error.code) {
      case FOREIGN_KEY:
        return isStillReferredTo(error, constraint)
          ? stillReferredTo(error, constraint)
          : missingParent(constraint, request, error);
      case RESTRICT:
        return stillReferredTo(error, constraint);
      case UNIQUE:
      case EXCLUSION:
        return alreadyExists(constraint, request);
      case NOT_NULL: {
        // Without the property in the body, the app itself has forgotten the value.
        const errors = toErrors(this.#findColumn(error), request, 'Must not be null');
        return errors && invalid(errors);
      }
      case CHECK:
        return invalid(toErrors(constraint?.columns, request, 'This value is not allowed'));
      default: {
        const detail = VALUE_ERRORS[error.code ?? ''];
        return detail === undefined ? undefined : new ProblemException(400, { detail });
      }
    }
  }

  #findConstraint({ table = '', constraint }: DatabaseError): Constraint | undefined {
    const entity = this.#entities.get(table);
    if (!entity || !constraint) {
      return undefined;
    }
    const isNamed = ({ name }: { name?: string }) => name === constraint;
    const foreignKey = entity.foreignKeys.find(isNamed);
    if (foreignKey) {
      return {
        table,
        columns: foreignKey.columns,
        parent: foreignKey.referencedEntityMetadata,
        parentColumns: foreignKey.referencedColumns,
      };
    }
    const check = entity.checks.find(isNamed);
    if (check) {
      const words: string[] = check.expression.match(/\w+/g) ?? [];
      return { table, columns: entity.columns.filter(({ databaseName }) => words.includes(databaseName)) };
    }
    const unique = entity.uniques.find(isNamed) ?? entity.indices.find(isNamed);
    return unique && { table, columns: unique.columns };
  }

  #findColumn({ table = '', column }: DatabaseError): ColumnMetadata[] {
    return (this.#entities.get(table)?.columns ?? []).filter(({ databaseName }) => databaseName === column);
  }
}

/**
 * Returns whether a foreign key rejected the deletion of a parent, and not a child without one. Both have the same code
 * and constraint. The message is translated by the server, but the columns in the detail are not.
 */
function isStillReferredTo({ message, detail = '' }: DatabaseError, constraint?: Constraint): boolean {
  const names = constraint?.parentColumns?.map(({ databaseName }) => databaseName).join(', ');
  return message.startsWith('update or delete') || (names !== undefined && detail.includes(`(${names})=`));
}

function stillReferredTo({ table }: DatabaseError, constraint?: Constraint): ProblemException {
  const parent = constraint?.parent ? toWords(constraint.parent.name) : 'row';
  const children = constraint && table ? table.replaceAll('_', ' ') : 'other rows';
  return new ProblemException(409, {
    detail: `This ${parent} cannot be deleted because ${children} refer to it.`,
  });
}

/** 400 if the id is in the body. Otherwise it is in the path, and 404. */
function missingParent(
  constraint: Constraint | undefined,
  request: Request,
  error: DatabaseError,
): ProblemException {
  const parent = constraint?.parent ? toWords(constraint.parent.name) : 'row';
  const detail = `You have no ${parent} with this id`;
  const errors =
    toErrors(constraint?.columns, request, detail) ??
    toListErrors(constraint?.columns, request, error, detail);
  if (!errors && constraint && Object.keys(Object(request.params)).length > 0) {
    return new ProblemException(404, { detail: `${parent[0]!.toUpperCase()}${parent.slice(1)} not found.` });
  }
  return invalid(errors);
}

function alreadyExists(constraint: Constraint | undefined, request: Request): ProblemException {
  const names = constraint?.columns.filter(isVisible).map(({ propertyName }) => propertyName) ?? [];
  return new ProblemException(409, {
    detail: `There is already a row with ${names.length > 0 ? `this ${names.join(' and ')}` : 'these values'}.`,
    errors: toErrors(constraint?.columns, request, 'Already in use'),
  });
}

function invalid(errors: ProblemDetail[] | undefined): ProblemException {
  return new ProblemException(400, {
    detail: errors ? 'Validation failed.' : 'A value in the request is not allowed.',
    errors,
  });
}

/** Returns an error for each column whose property is in the body. Undefined if there is none. */
function toErrors(
  columns: ColumnMetadata[] | undefined,
  { body }: Request,
  detail: string,
): ProblemDetail[] | undefined {
  const sent = (columns ?? []).filter(
    (column) => isVisible(column) && Object.hasOwn(Object(body), column.propertyName),
  );
  return sent.length > 0
    ? sent.map(({ propertyName }) => ({ pointer: `/${propertyName}`, detail }))
    : undefined;
}

/** Returns an error for a list of ids in the body, such as `tagIds` for the column `tagId` of a join table. */
function toListErrors(
  columns: ColumnMetadata[] | undefined,
  { body }: Request,
  error: DatabaseError,
  detail: string,
): ProblemDetail[] | undefined {
  const list = columns?.filter(isVisible).map(({ propertyName }) => `${propertyName}s`)[0];
  const ids: unknown = list && Object(body)[list];
  if (!Array.isArray(ids)) {
    return undefined;
  }
  // In an owner scope, PostgreSQL doesn't say which id it is.
  const index = ids.findIndex((id) => error.detail?.includes(String(id).toLowerCase()));
  return [{ pointer: `/${list}${index === -1 ? '' : `/${index}`}`, detail }];
}

const isVisible = ({ databaseName }: ColumnMetadata) => databaseName !== 'owner_id';

/** `SampleItem` becomes `sample item`. */
const toWords = (name: string) => name.replace(/(?<!^)(?=[A-Z])/g, ' ').toLowerCase();
