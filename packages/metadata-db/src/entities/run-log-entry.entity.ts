import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { Run } from './run.entity.js';

/** A line of the log behind `log_id`: what happened in a run, in a sentence for the customer. */
@Entity('run_log')
@Index('run_log_log_id', ['logId', 'id'])
export class RunLogEntry {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    primaryKeyConstraintName: 'run_log_pk',
    generatedIdentity: 'ALWAYS',
  })
  id!: string;

  @Column('uuid', { name: 'log_id' })
  logId!: string;

  @Index('run_log_run_id')
  @Column('uuid', { name: 'run_id' })
  runId!: string;

  @ManyToOne(() => Run, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'run_id', foreignKeyConstraintName: 'run_log_run_fk' })
  run!: Relation<Run>;

  @Column('timestamptz', { default: () => 'now()' })
  at!: Date;

  @Column('text')
  level!: 'info' | 'warning' | 'error';

  @Column('text')
  message!: string;
}
