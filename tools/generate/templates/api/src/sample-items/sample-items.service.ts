import { Injectable, NotFoundException, PreconditionFailedException } from '@nestjs/common';
import { InjectOwnedRepository } from '../../../../../../apps/api/src/database/database.module.js';
import { IdempotencyService } from '../../../../../../apps/api/src/database/idempotency.service.js';
import {
  OwnedRepository,
  type Page,
  type Row,
  type Versioned,
} from '../../../../../../apps/api/src/database/owned-repository.js';
import { SampleItem } from './sample-item.entity.js';
import type { CreateSampleItem, FindSampleItems, UpdateSampleItem } from './sample-items.schemas.js';

@Injectable()
export class SampleItemsService {
  constructor(
    @InjectOwnedRepository(SampleItem) private readonly sampleItems: OwnedRepository<SampleItem>,
    private readonly idempotency: IdempotencyService,
  ) {}

  /** @throws ConflictException if the idempotency key was used with a different request. */
  create(
    ownerId: string,
    values: CreateSampleItem,
    idempotencyKey?: string,
  ): Promise<Versioned<Row<SampleItem>>> {
    return this.idempotency.runOnce(ownerId, idempotencyKey, ['sample-items', values], (transaction) =>
      this.sampleItems.withTransaction(transaction).insert(ownerId, values),
    );
  }

  findAll(ownerId: string, query: FindSampleItems): Promise<Page<Row<SampleItem>>> {
    return this.sampleItems.findPage(ownerId, query);
  }

  /** @throws NotFoundException if the owner has no sample item with this id. */
  async findOne(ownerId: string, id: string): Promise<Versioned<Row<SampleItem>>> {
    const sampleItem = await this.sampleItems.findOne(ownerId, id);
    if (!sampleItem) {
      throw new NotFoundException('Sample item not found.');
    }
    return sampleItem;
  }

  /**
   * @throws NotFoundException if the owner has no sample item with this id.
   * @throws PreconditionFailedException if its version is not one of `expectedVersions`.
   */
  async update(
    ownerId: string,
    id: string,
    changes: UpdateSampleItem,
    expectedVersions?: number[],
  ): Promise<Versioned<Row<SampleItem>>> {
    const sampleItem = await this.sampleItems.update(ownerId, id, changes, expectedVersions);
    return sampleItem ?? this.throwNotFoundOrPreconditionFailed(ownerId, id);
  }

  /**
   * @throws NotFoundException if the owner has no sample item with this id.
   * @throws PreconditionFailedException if its version is not one of `expectedVersions`.
   */
  async remove(ownerId: string, id: string, expectedVersions?: number[]): Promise<void> {
    const removed = await this.sampleItems.remove(ownerId, id, expectedVersions);
    if (!removed) {
      await this.throwNotFoundOrPreconditionFailed(ownerId, id);
    }
  }

  private async throwNotFoundOrPreconditionFailed(ownerId: string, id: string): Promise<never> {
    await this.findOne(ownerId, id);
    throw new PreconditionFailedException(
      'The sample item has changed. Fetch the latest version and try again.',
    );
  }
}
