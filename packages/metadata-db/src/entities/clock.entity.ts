import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How far the schedulers have read the database's clock, and how they make up for its last step: one row, always. */
@Entity('clock')
export class Clock {
  @PrimaryColumn('boolean', { name: 'only_row', default: true, primaryKeyConstraintName: 'clock_pk' })
  onlyRow!: true;

  /** When a scheduler last found that the clock had gone on evenly. */
  @Column('timestamptz', { name: 'seen_at', default: () => 'clock_timestamp()' })
  seenAt!: Date;

  /** Counts the steps, so that each is acted on once. */
  @Column('integer', { default: 0 })
  steps!: number;

  /** By how much the clock stepped, while moments are still being moved. */
  @Column('bigint', { name: 'step_ms', nullable: true })
  stepMs!: string | null;

  @Column('timestamptz', { name: 'stepped_at', nullable: true })
  steppedAt!: Date | null;

  /** Up to this synchronization moments have been moved. */
  @Column('uuid', { name: 'moved_up_to', nullable: true })
  movedUpTo!: string | null;
}
