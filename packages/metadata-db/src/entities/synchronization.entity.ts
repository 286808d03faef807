import type { StorageService, SyncErrorCode, SynchronizationState, Validation } from '@tidetable/contracts';
import {
  Column,
  Entity,
  Generated,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
  type Relation,
  Unique,
} from 'typeorm';
import { Account } from './account.entity.js';

/**
 * A table to be kept in step with a source. Columns are grouped by their one writer: the api writes what the
 * customer said, the scheduler what happened (`run_at` alone is written by both, see the migration).
 */
@Entity('synchronizations')
@Unique('synchronizations_first_run_id_unique', ['firstRunId'])
@Index('synchronizations_due', ['dueAt'], {
  where: 'due_at IS NOT NULL AND NOT held AND NOT held_by_host',
})
@Index('synchronizations_held', ['accountId', 'dueAt'], { where: 'held AND due_at IS NOT NULL' })
@Index('synchronizations_in_flight_account', ['accountId'], {
  where: "state IN ('queued', 'syncing') AND deleted_at IS NULL AND account_id IS NOT NULL",
})
// These two are of an expression, which TypeORM cannot say; the migration makes them.
@Index('synchronizations_held_by_host', { synchronize: false })
@Index('synchronizations_in_flight_host', { synchronize: false })
@Index('synchronizations_account_id_created_at', ['accountId', 'createdAt', 'id'], {
  where: 'deleted_at IS NULL',
})
@Index('synchronizations_service_item', ['serviceName', 'serviceItemId'], {
  where: 'service_name IS NOT NULL AND deleted_at IS NULL',
})
// Of an expression, which TypeORM cannot spell.
@Index('synchronizations_account_id_table_name', { synchronize: false })
@Index('synchronizations_account_id_due_at', ['accountId', 'dueAt', 'id'], {
  where: 'deleted_at IS NULL AND due_at IS NOT NULL',
})
@Index('synchronizations_account_id_failure', ['accountId', 'createdAt', 'id'], {
  where: "state = 'failure' AND deleted_at IS NULL",
})
@Index('synchronizations_account_id_created', ['accountId', 'createdAt', 'id'], {
  where: "state = 'created' AND deleted_at IS NULL",
})
@Index('synchronizations_account_id_asked', ['accountId', 'createdAt', 'id'], {
  where: "state IN ('success', 'failure') AND sync_requested_at > attempted_at AND deleted_at IS NULL",
})
@Index('synchronizations_account_id_service_name', ['accountId', 'serviceName', 'createdAt', 'id'], {
  where: 'service_name IS NOT NULL AND deleted_at IS NULL',
})
@Index('synchronizations_deleted_at', ['deletedAt'], { where: 'deleted_at IS NOT NULL' })
export class Synchronization {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'synchronizations_pk' })
  id!: string;

  @Column('uuid', { name: 'account_id' })
  accountId!: string;

  @ManyToOne(() => Account, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'synchronizations_account_fk' })
  account!: Relation<Account>;

  // api

  /** The address of the file; null for a file in a storage service. */
  @Column('text', { nullable: true })
  url!: string | null;

  @Column('text', { name: 'service_name', nullable: true })
  serviceName!: StorageService | null;

  @Column('text', { name: 'service_item_id', nullable: true })
  serviceItemId!: string | null;

  /** Of the headers that the fetcher keeps for this one; their values are nowhere here. */
  @Column('text', { name: 'header_names', array: true, default: () => "'{}'" })
  headerNames!: string[];

  @Column('boolean', { name: 'has_basic_auth', default: false })
  hasBasicAuth!: boolean;

  @Column('integer', { name: 'interval_seconds' })
  intervalSeconds!: number;

  /** When it runs, by the wall clock of `timeZone`; null where it runs by its interval. */
  @Column('text', { nullable: true })
  cron!: string | null;

  /** By its IANA name. */
  @Column('text', { name: 'time_zone', nullable: true })
  timeZone!: string | null;

  @Column('text', { name: 'requested_table_name', nullable: true })
  requestedTableName!: string | null;

  @Column('boolean', { name: 'type_guessing', default: true })
  typeGuessing!: boolean;

  @Column('boolean', { name: 'quoted_fields_guessing', default: true })
  quotedFieldsGuessing!: boolean;

  @Column('boolean', { name: 'content_guessing', default: false })
  contentGuessing!: boolean;

  @Column('text', { nullable: true })
  member!: string | null;

  @Column('text', { nullable: true })
  layer!: string | null;

  @Column('timestamptz', { name: 'options_changed_at', default: () => 'now()' })
  optionsChangedAt!: Date;

  /** When the source was replaced by another; set by the database itself. */
  @Column('timestamptz', { name: 'source_changed_at', nullable: true })
  sourceChangedAt!: Date | null;

  @Generated('uuid')
  @Column('uuid', { name: 'first_run_id' })
  firstRunId!: string;

  @Generated('uuid')
  @Column('uuid', { name: 'log_id' })
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

  /** When the storage service of the file last told of a change. */
  @Column('timestamptz', { name: 'pushed_at', nullable: true })
  pushedAt!: Date | null;

  @Column('integer', { name: 'runs_count', default: 0 })
  runsCount!: number;

  @Column('integer', { name: 'retried_times', default: 0 })
  retriedTimes!: number;

  /** Tries since the last failure that was counted, before the schedule goes on. */
  @Column('smallint', { name: 'soon_tries', default: 0 })
  soonTries!: number;

  @Column('boolean', { default: false })
  stopped!: boolean;

  /** Due, and set aside until a run of the same account has ended, or the account is enabled again. */
  @Column('boolean', { default: false })
  held!: boolean;

  /** Due, and set aside until a run of the same source host has ended; never beside `held`. */
  @Column('boolean', { name: 'held_by_host', default: false })
  heldByHost!: boolean;

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

  @Column('text', { name: 'source_revision', nullable: true })
  sourceRevision!: string | null;

  /** A bigint, which arrives as a string. */
  @Column('bigint', { name: 'source_bytes', nullable: true })
  sourceBytes!: string | null;

  /** Rows in the table, as its last import reported them; a bigint, like the next one. */
  @Column('bigint', { name: 'table_rows', nullable: true })
  tableRows!: string | null;

  /** Bytes of the table with its indexes. */
  @Column('bigint', { name: 'table_bytes', nullable: true })
  tableBytes!: string | null;

  /** How far the validators above are believed; the fetcher's own account of it. */
  @Column('jsonb', { name: 'source_validation', nullable: true })
  sourceValidation!: Validation | null;

  /** When the run that imported this version was requested; options that changed later are not in the table yet. */
  @Column('timestamptz', { name: 'imported_at', nullable: true })
  importedAt!: Date | null;

  /**
   * When a scheduler should claim it; generated by the database from the columns above, as the migration says.
   * TypeORM is not told that it is generated: it would want a table of its own to remember the expression in.
   */
  @Column({ type: 'timestamptz', name: 'due_at', nullable: true, insert: false, update: false })
  dueAt!: Date | null;
}
