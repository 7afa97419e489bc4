import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Everything that a user owns, in whichever table: features that are added later need no line here. */
@Injectable()
export class OwnedRows {
  readonly #dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  /** Deletes every row of the owner, in one transaction; repeatable. */
  async removeAll(ownerId: string): Promise<void> {
    await this.#dataSource.transaction(async (transaction) => {
      for (const { tableName } of this.#dataSource.entityMetadatas) {
        await transaction.query(`DELETE FROM "${tableName}" WHERE owner_id = $1`, [ownerId]);
      }
    });
  }
}
