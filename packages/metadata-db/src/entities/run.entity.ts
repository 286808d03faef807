import type { ImportReport, RunOutcome, SyncErrorCode } from '@tidetable/contracts';
import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation, Unique } from 'typeorm';
import { Synchronization } from './synchronization.entity.js';

/** One attempt to bring a table in step. Written by the scheduler alone; open while `outcome` is null. */
@Entity('runs')
@Unique('runs_run_number_unique', ['synchronizationId', 'runNumber'])
@Index('runs_one_open_per_synchronization', ['synchronizationId'], { unique: true, where: 'outcome IS NULL' })
@Index('runs_open_deadline_at', ['deadlineAt'], { where: 'outcome IS NULL' })
@Index('runs_ended_finished_at', ['finishedAt'], { where: 'run_number > 1 AND outcome IS NOT NULL' })
export class Run {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'runs_pk' })
  id!: string;

  @Column('uuid', { name: 'synchronization_id' })
  synchronizationId!: string;

  @ManyToOne(() => Synchronization, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'synchronization_id', foreignKeyConstraintName: 'runs_synchronization_fk' })
  synchronization!: Relation<Synchronization>;

  @Column('integer', { name: 'run_number' })
  runNumber!: number;

  @Column('text')
  trigger!: 'created' | 'schedule' | 'manual';

  @Column('timestamptz', { name: 'requested_at' })
  requestedAt!: Date;

  @Column('timestamptz', { name: 'started_at', nullable: true })
  startedAt!: Date | null;

  @Column('timestamptz', { name: 'deadline_at' })
  deadlineAt!: Date;

  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt!: Date | null;

  /** `cancelled` when it was closed early: on request, or since its synchronization, source or account is not what it was. */
  @Column('text', { nullable: true })
  outcome!: RunOutcome | 'cancelled' | null;

  @Column('text', { name: 'unchanged_by', nullable: true })
  unchangedBy!: 'validator' | 'content-hash' | null;

  @Column('text', { name: 'failure_code', nullable: true })
  failureCode!: SyncErrorCode | null;

  @Column('text', { name: 'failure_detail', nullable: true })
  failureDetail!: string | null;

  @Column('text', { name: 'source_sha256', nullable: true })
  sourceSha256!: string | null;

  @Column('bigint', { name: 'source_bytes', nullable: true })
  sourceBytes!: string | null;

  @Column('jsonb', { nullable: true })
  report!: ImportReport | null;
}
