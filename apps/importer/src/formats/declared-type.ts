/** The types that a format can declare for a column, as PostgreSQL calls them. */
export type DeclaredType =
  | 'boolean'
  | 'integer'
  | 'bigint'
  | 'double precision'
  | 'date'
  | 'timestamp without time zone'
  | 'timestamp with time zone'
  | 'text';
