import { Entity } from 'typeorm';
import { OwnedEntity } from '../../../../../../apps/api/src/database/owned.entity.js';

/** The primary key (owner_id, id) serves lookups and sorting by creation. Other sort orders and search have indexes. */
@Entity('sample_items')
export class SampleItem extends OwnedEntity {}
