import { Module } from '@nestjs/common';
import { DatabaseModule } from '../../../../../../apps/api/src/database/database.module.js';
import { SampleItem } from './sample-item.entity.js';
import { SampleItemsController } from './sample-items.controller.js';
import { SampleItemsService } from './sample-items.service.js';

@Module({
  imports: [DatabaseModule.forFeature(SampleItem)],
  controllers: [SampleItemsController],
  providers: [SampleItemsService],
})
export class SampleItemsModule {}
