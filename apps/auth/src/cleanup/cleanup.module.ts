import { Module } from '@nestjs/common';
import { CleanupService } from './cleanup.service.js';

/** Keeps the tables free of what has run out. */
@Module({ providers: [CleanupService] })
export class CleanupModule {}
