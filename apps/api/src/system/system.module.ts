import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PeriodicJob } from './periodic-job.entity.js';
import { PeriodicJobs } from './periodic-jobs.service.js';
import { SystemDatabase } from './system-database.service.js';

/** Work that no user requests, across owners. Only the files that `.dependency-cruiser.js` lists may import it. */
@Module({
  imports: [TypeOrmModule.forFeature([PeriodicJob])],
  providers: [SystemDatabase, PeriodicJobs],
  exports: [SystemDatabase, PeriodicJobs],
})
export class SystemModule {}
