import type { RunEventSubject } from '@tidetable/contracts';
import { Column, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** An event that was decided together with the rows around it and is still to be published. */
@Entity('outbox')
@Unique('outbox_message_id_unique', ['messageId'])
export class OutboxMessage {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    primaryKeyConstraintName: 'outbox_pk',
    generatedIdentity: 'ALWAYS',
  })
  id!: string;

  @Column('text', { name: 'message_id' })
  messageId!: string;

  @Column('text')
  subject!: RunEventSubject;

  @Column('jsonb')
  payload!: unknown;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
