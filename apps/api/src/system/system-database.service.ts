import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/**
 * Queries across owners, for jobs, administration and statistics. `.dependency-cruiser.js` lists the files that may
 * import this folder.
 */
@Injectable()
export class SystemDatabase {
  readonly #dataSource: DataSource;
  readonly #logger = new Logger(SystemDatabase.name);

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  /**
   * Runs work in a transaction that sees the rows of all owners. As in a scope, updates increment versions, and changes
   * count towards the quotas of the owners. No quota limits them.
   * @param reason Logged, so that every access across owners can be found later. It must not contain personal data.
   */
  run<R>(reason: string, work: (manager: EntityManager) => Promise<R>): Promise<R> {
    this.#logger.log(`Query across owners: ${reason}`);
    return this.#dataSource.transaction(async (manager) => {
      await manager.query("SET LOCAL app.across_owners = 'on'");
      return work(manager);
    });
  }
}
