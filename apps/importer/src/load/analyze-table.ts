/** Up to here nothing is gained by looking at fewer rows. */
const wholeSampleRowsMax = 20_000;
/** The statistics target of a large table's first statistics: three hundred times as many rows are looked at. */
const firstTargetMax = 30;

/**
 * The statements that gather statistics of a new table of so many rows, so that its first query is planned well.
 *
 * With the default target that takes longer for a wide table than loading it. So a large table is looked at less
 * closely here, and every column is named, since PostgreSQL then still counts its rows as not analyzed: autovacuum does
 * so within a minute, with all that the table's owner set for it, which only the swap carries over.
 */
export function analyzeSql(table: string, rows: number): string[] {
  if (rows <= wholeSampleRowsMax) return [`ANALYZE ${table}`];
  return [
    `SELECT set_config('default_statistics_target', LEAST(current_setting('default_statistics_target')::int, ${firstTargetMax})::text, true)`,
    `DO $$ BEGIN
      EXECUTE (SELECT format('ANALYZE %s (%s)', attrelid::regclass, string_agg(quote_ident(attname), ', '))
        FROM pg_attribute WHERE attrelid = '${table}'::regclass AND attnum > 0 AND NOT attisdropped GROUP BY attrelid);
    END $$`,
  ];
}

/**
 * Has the server count the rows of the present transaction at its end and not some time later, when what was counted
 * could fall on the other side of an `ANALYZE`; before version 15 there is no way to ask for that.
 */
export const tellRowsSql = `DO $$ BEGIN
  PERFORM pg_stat_force_next_flush();
EXCEPTION WHEN undefined_function THEN
END $$`;
