import type { Type } from '@nestjs/common';
import { getMetadataArgsStorage } from 'typeorm';
import type { OwnedEntity } from '../src/database/owned.entity.js';

/** Returns the entity and those that it refers to, directly or not. TypeORM needs all of them together. */
export function withRelatedEntities(entity: Type<OwnedEntity>): Type<OwnedEntity>[] {
  const entities = new Set([entity]);
  for (const from of entities) {
    for (const { type } of getMetadataArgsStorage().filterRelations(from)) {
      entities.add((type as () => Type<OwnedEntity>)());
    }
  }
  return [...entities];
}
