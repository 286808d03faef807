import type {
  AccountLimits,
  DescribeRunV1Reply,
  ImportOptions,
  Source,
  SourceVersion,
} from '@tidetable/contracts';
import type { DataSource } from 'typeorm';

/**
 * One row when the run is open and may go on; takes no lock. What must not go on counts as over at once, though it may
 * be a moment before the loop that closes such runs has done so: as `reasonToClose` says.
 * A version of the source counts as known only when a table holds it that was made with the options of now.
 */
const describe = `
SELECT r.run_number AS "runNumber",
       s.id AS "synchronizationId",
       s.account_id AS "accountId",
       CASE WHEN s.service_name IS NULL
         THEN jsonb_build_object('kind', 'url', 'url', s.url)
           || CASE WHEN cardinality(s.header_names) = 0 AND NOT s.has_basic_auth THEN '{}'
                   ELSE jsonb_build_object('credentialsOf',
                     jsonb_build_object('synchronizationId', s.id, 'accountId', s.account_id)) END
         ELSE jsonb_build_object('kind', 'service', 'service', s.service_name, 'itemId', s.service_item_id, 'accountId', s.account_id)
       END AS source,
       a.username AS schema,
       nullif(s.requested_table_name, '') AS "tableName",
       jsonb_build_object(
         'typeGuessing', s.type_guessing,
         'quotedFieldsGuessing', s.quoted_fields_guessing,
         'contentGuessing', s.content_guessing,
         'member', s.member,
         'layer', s.layer) AS options,
       -- What an account has no limit of its own for is left out.
       jsonb_strip_nulls(jsonb_build_object(
         'fileBytes', a.file_bytes_max,
         'rows', least(a.rows_max, CASE WHEN a.total_rows_max IS NOT NULL THEN greatest(1, a.total_rows_max - others.rows) END),
         'tableBytes', CASE WHEN a.total_bytes_max IS NOT NULL THEN greatest(1, a.total_bytes_max - others.bytes) END,
         'columns', a.columns_max,
         'vertices', a.vertices_max,
         'layers', a.layers_max)) AS limits,
       CASE WHEN s.name IS NOT NULL AND s.options_changed_at <= s.imported_at THEN
         jsonb_build_object(
           'etag', s.source_etag,
           'lastModified', s.source_last_modified,
           'sha256', s.source_sha256,
           'bytes', s.source_bytes)
         || CASE WHEN s.source_validation IS NULL THEN '{}'
                 ELSE jsonb_build_object('validation', s.source_validation) END
         || CASE WHEN s.source_revision IS NULL THEN '{}' ELSE jsonb_build_object('revision', s.source_revision) END
       END AS previous,
       CASE r.trigger WHEN 'manual' THEN 'hand' ELSE 'schedule' END AS "askedBy"
  FROM runs r
  JOIN synchronizations s ON s.id = r.synchronization_id
  JOIN accounts a ON a.id = s.account_id
  -- What is left to an account is what its other tables leave: its own place the new table takes. Looked up only for those
  -- that may not have as much as they like.
  LEFT JOIN LATERAL (
    SELECT coalesce(sum(o.table_rows), 0)::bigint AS rows, coalesce(sum(o.table_bytes), 0)::bigint AS bytes
      FROM synchronizations o
     WHERE o.account_id = a.id AND o.deleted_at IS NULL AND o.id <> s.id
    HAVING coalesce(a.total_rows_max, a.total_bytes_max) IS NOT NULL) AS others ON true
 WHERE r.id = $1 AND r.outcome IS NULL AND s.deleted_at IS NULL
   AND a.state = 'active' AND (s.source_changed_at <= r.requested_at) IS NOT FALSE`;

interface DescribedRun {
  runNumber: number;
  synchronizationId: string;
  accountId: string;
  source: Source;
  schema: string;
  tableName: string | null;
  options: ImportOptions;
  limits: AccountLimits;
  previous: SourceVersion | null;
  askedBy: 'schedule' | 'hand';
}

/**
 * What is to be fetched for a run, as it stands now, or that the run is over (also when it never was).
 *
 * @throws when the database cannot answer; the asker asks again then.
 */
export async function describeRun(database: DataSource, runId: string): Promise<DescribeRunV1Reply> {
  const [row] = await database.query<DescribedRun[]>(describe, [runId]);
  if (row === undefined) return { open: false };
  const {
    runNumber,
    synchronizationId,
    accountId,
    source,
    schema,
    tableName,
    options,
    limits,
    previous,
    askedBy,
  } = row;
  return {
    open: true,
    runId,
    synchronizationId,
    accountId,
    runNumber,
    source,
    previous,
    askedBy,
    destination: { schema, tableName },
    options: Object.keys(limits).length === 0 ? options : { ...options, limits },
  };
}
