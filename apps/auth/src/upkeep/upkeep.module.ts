import { Module } from '@nestjs/common';
import { UpkeepService } from './upkeep.service.js';

/** Keeps the tables free of what has run out. */
@Module({ providers: [UpkeepService] })
export class UpkeepModule {}
