import { AsyncLocalStorage } from 'node:async_hooks';
import type { PoolClient } from 'pg';
import type { Queryable, Rows } from './queryable.js';
import type { ScopedManager } from './scoped-manager.js';

/** The scope that the current code runs in. */
export interface CurrentScope {
  readonly ownerId: string;
  readonly readOnly: boolean;
  readonly isOpen: boolean;
  readonly manager: ScopedManager;
  readonly client: PoolClient;
  /** Runs a statement on the connection of the scope. */
  query(text: string, parameters?: unknown[]): Promise<Rows>;
}

const storage = new AsyncLocalStorage<CurrentScope | undefined>();
let openScopes = 0;

/** Returns the open scope of the current code. */
export function getCurrentScope(): CurrentScope | undefined {
  const scope = storage.getStore();
  return scope?.isOpen ? scope : undefined;
}

/** Runs work in a scope. Before Node.js 24, a storage in use slows down every promise, so it is disabled in between. */
export async function runInScope<R>(scope: CurrentScope, work: () => Promise<R>): Promise<R> {
  openScopes += 1;
  try {
    return await storage.run(scope, work);
  } finally {
    openScopes -= 1;
    if (openScopes === 0) {
      storage.disable();
    }
  }
}

/** @throws Error if a scope is open: its transaction has its own connection, and waiting for a second one can deadlock. */
export function assertOutsideOfScope(): void {
  if (getCurrentScope()) {
    throw new Error(
      'This runs in a transaction of its own and cannot be called in a scope. Call it first, and open the scope in its ' +
        'callback: scope.run(ownerId, work, { transaction }).',
    );
  }
}

/** @throws Error if a scope is open and the connection isn't its own: the statement would not be limited to its owner. */
export function assertConnectionOfScope(connection: unknown): void {
  const scope = getCurrentScope();
  if (scope && scope.client !== connection) {
    throw new Error(
      'An owner scope is open. Run all statements with its manager or with owned repositories.',
    );
  }
}

/** Returns the pool of the owned repositories, except in a scope: there, their statements run in its transaction. */
export function joinScope(pool: Queryable): Queryable {
  return {
    query: (text, parameters) => {
      const scope = getCurrentScope();
      return scope ? queryInScope(scope, text, parameters) : pool.query(text, parameters);
    },
    // An expired time limit would abort the transaction of a scope.
    get search() {
      return getCurrentScope() ? undefined : pool.search;
    },
  };
}

function queryInScope(scope: CurrentScope, text: string, parameters: unknown[] = []): Promise<Rows> {
  if (parameters[0] !== scope.ownerId) {
    throw new Error(
      'A repository was called for another owner than that of the scope. Close the scope first.',
    );
  }
  return scope.query(text, parameters);
}
