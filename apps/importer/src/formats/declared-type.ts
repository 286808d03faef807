/** The types that a format can declare for a column, as PostgreSQL calls them. */
export type DeclaredType =
  | 'boolean'
  | 'integer'
  | 'bigint'
  | 'double precision'
  | 'numeric'
  | 'date'
  | 'timestamp without time zone'
  | 'timestamp with time zone'
  | 'time without time zone'
  | 'text';
