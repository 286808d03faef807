import type { SyncErrorCode, SynchronizationState } from '@tidetable/contracts';
import {
  Column,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
  type Relation,
  Unique,
} from 'typeorm';
import { Account } from './account.entity.js';

const dueAt =
  "CASE WHEN deleted_at IS NOT NULL OR state IN ('queued', 'syncing') THEN NULL" +
  " WHEN state = 'created' THEN created_at" +
  ' WHEN sync_requested_at > attempted_at THEN sync_requested_at' +
  ' WHEN stopped THEN NULL ELSE run_at END';

/**
 * A table to be kept in step with a source. Columns are grouped by their one writer: the api writes what the
 * customer said, the scheduler what happened (`run_at` alone is written by both, see the migration).
 */
@Entity('synchronizations')
@Unique('synchronizations_first_run_id_unique', ['firstRunId'])
@Index('synchronizations_due_at', ['dueAt'], { where: 'due_at IS NOT NULL' })
@Index('synchronizations_account_id_created_at', ['accountId', 'createdAt', 'id'], {
  where: 'deleted_at IS NULL',
})
export class Synchronization {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'synchronizations_pk' })
  id!: string;

  @Column('uuid', { name: 'account_id' })
  accountId!: string;

  @ManyToOne(() => Account, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'synchronizations_account_fk' })
  account!: Relation<Account>;

  // api

  @Column('text')
  url!: string;

  @Column('integer', { name: 'interval_seconds' })
  intervalSeconds!: number;

  @Column('text', { name: 'requested_table_name', nullable: true })
  requestedTableName!: string | null;

  @Column('boolean', { name: 'type_guessing', default: true })
  typeGuessing!: boolean;

  @Column('boolean', { name: 'quoted_fields_guessing', default: true })
  quotedFieldsGuessing!: boolean;

  @Column('boolean', { name: 'content_guessing', default: false })
  contentGuessing!: boolean;

  @Column('timestamptz', { name: 'options_changed_at', default: () => 'now()' })
  optionsChangedAt!: Date;

  @Column('uuid', { name: 'first_run_id', default: () => 'gen_random_uuid()' })
  firstRunId!: string;

  @Column('uuid', { name: 'log_id', default: () => 'gen_random_uuid()' })
  logId!: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'sync_requested_at', nullable: true })
  syncRequestedAt!: Date | null;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;

  // scheduler

  @Column('text', { default: 'created' })
  state!: SynchronizationState;

  @Column('text', { nullable: true })
  name!: string | null;

  @Column('timestamptz', { name: 'run_at' })
  runAt!: Date;

  @Column('timestamptz', { name: 'ran_at', default: () => 'now()' })
  ranAt!: Date;

  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt!: Date;

  @Column('timestamptz', { name: 'attempted_at', nullable: true })
  attemptedAt!: Date | null;

  @Column('integer', { name: 'runs_count', default: 0 })
  runsCount!: number;

  @Column('integer', { name: 'retried_times', default: 0 })
  retriedTimes!: number;

  @Column('boolean', { default: false })
  stopped!: boolean;

  @Column('text', { name: 'failure_code', nullable: true })
  failureCode!: SyncErrorCode | null;

  @Column('text', { name: 'failure_detail', nullable: true })
  failureDetail!: string | null;

  @Column('text', { name: 'source_etag', nullable: true })
  sourceEtag!: string | null;

  @Column('text', { name: 'source_last_modified', nullable: true })
  sourceLastModified!: string | null;

  @Column('text', { name: 'source_sha256', nullable: true })
  sourceSha256!: string | null;

  /** A bigint, which arrives as a string. */
  @Column('bigint', { name: 'source_bytes', nullable: true })
  sourceBytes!: string | null;

  @Column('timestamptz', { name: 'imported_at', nullable: true })
  importedAt!: Date | null;

  @Column({
    type: 'timestamptz',
    name: 'due_at',
    nullable: true,
    generatedType: 'STORED',
    asExpression: dueAt,
    insert: false,
    update: false,
  })
  dueAt!: Date | null;
}
