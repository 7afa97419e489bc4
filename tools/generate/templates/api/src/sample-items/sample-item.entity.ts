import { Entity } from 'typeorm';
import { OwnedEntity } from '../../../../../../apps/api/src/database/owned.entity.js';

/** The primary key (owner_id, id) serves lookups and the order of creation; other orders and the search have indexes. */
@Entity('sample_items')
export class SampleItem extends OwnedEntity {}
