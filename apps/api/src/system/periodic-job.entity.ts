import { Column, Entity, PrimaryColumn } from 'typeorm';
import { SharedTable } from '../database/shared-table.decorator.js';

/** The last run of a job that runs once per period. */
@Entity('periodic_jobs')
@SharedTable()
export class PeriodicJob {
  @PrimaryColumn({ type: 'text' })
  name!: string;

  @Column({ name: 'period_start', type: 'timestamptz' })
  periodStart!: string;

  /** No other process takes over the job before this time. */
  @Column({ name: 'leased_until', type: 'timestamptz' })
  leasedUntil!: string;

  @Column({ name: 'finished_at', type: 'timestamptz', nullable: true })
  finishedAt!: string | null;
}
