import { Column, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** A customer: a username that is also a host label and the name of the schema that holds its tables. */
@Entity('accounts')
@Unique('accounts_username_unique', ['username'])
export class Account {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'accounts_pk' })
  id!: string;

  @Column('text')
  username!: string;

  /** A disabled account is refused by the API and none of its synchronizations is claimed. */
  @Column('text', { default: 'active' })
  state!: 'active' | 'disabled';

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
