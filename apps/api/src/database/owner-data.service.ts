import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Deletes all data of an owner. Tables of new features are included, because they come from the entity metadata. */
@Injectable()
export class OwnerDataService {
  readonly #dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  /** Deletes every row of the owner in one transaction. Idempotent. */
  async deleteAll(ownerId: string): Promise<void> {
    await this.#dataSource.transaction(async (transaction) => {
      for (const { tableName } of this.#dataSource.entityMetadatas) {
        await transaction.query(`DELETE FROM "${tableName}" WHERE owner_id = $1`, [ownerId]);
      }
    });
  }
}
