import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { Account } from './account.entity.js';

/** Who changed what, and when. Written by triggers in the transaction of the change, or by the api for what is elsewhere. */
@Entity('audit_entries')
@Index('audit_entries_account_id_at', ['accountId', 'at', 'id'])
@Index('audit_entries_at', ['at'])
export class AuditEntry {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'audit_entries_pk' })
  id!: string;

  @Column('uuid', { name: 'account_id' })
  accountId!: string;

  @ManyToOne(() => Account, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'audit_entries_account_fk' })
  account!: Relation<Account>;

  @Column('timestamptz', { default: () => 'clock_timestamp()' })
  at!: Date;

  @Column('text', { name: 'actor_kind' })
  actorKind!: 'key' | 'operator' | 'unknown';

  /** Of the key that was shown; keys are never removed, but an entry is not tied to one. */
  @Column('uuid', { name: 'key_id', nullable: true })
  keyId!: string | null;

  @Column('text', { name: 'key_prefix', nullable: true })
  keyPrefix!: string | null;

  @Column('uuid', { name: 'request_id', nullable: true })
  requestId!: string | null;

  @Column('text')
  action!: string;

  @Column('text', { name: 'target_kind' })
  targetKind!: string;

  @Column('text', { name: 'target_id' })
  targetId!: string;

  @Column('jsonb')
  changes!: unknown;
}
