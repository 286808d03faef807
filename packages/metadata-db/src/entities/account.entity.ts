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

  /** The largest file, in bytes. This and the following: null is as the installation is configured. */
  @Column('bigint', { name: 'file_bytes_max', nullable: true })
  fileBytesMax!: string | null;

  @Column('bigint', { name: 'rows_max', nullable: true })
  rowsMax!: string | null;

  @Column('integer', { name: 'columns_max', nullable: true })
  columnsMax!: number | null;

  /** Of one geometry. */
  @Column('integer', { name: 'vertices_max', nullable: true })
  verticesMax!: number | null;

  /** Of a file. */
  @Column('integer', { name: 'layers_max', nullable: true })
  layersMax!: number | null;

  /** In flight at the same time. */
  @Column('integer', { name: 'runs_max', nullable: true })
  runsMax!: number | null;

  /** Synchronizations that are not deleted. */
  @Column('integer', { name: 'tables_max', nullable: true })
  tablesMax!: number | null;

  /** In all its tables. */
  @Column('bigint', { name: 'total_rows_max', nullable: true })
  totalRowsMax!: string | null;

  /** In all its tables, with their indexes. */
  @Column('bigint', { name: 'total_bytes_max', nullable: true })
  totalBytesMax!: string | null;

  @Column('integer', { name: 'requests_per_minute_max', nullable: true })
  requestsPerMinuteMax!: number | null;
}
