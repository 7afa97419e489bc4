import { Module } from '@nestjs/common';
import { CleanupService } from './cleanup.service.js';

/** Deletes expired rows once an hour. */
@Module({ providers: [CleanupService] })
export class CleanupModule {}
