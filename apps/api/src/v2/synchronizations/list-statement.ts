import { createHash } from 'node:crypto';
import type { SynchronizationState } from '@tidetable/contracts';
import type { Statement } from '../../database/metadata-database.js';
import { synchronizationColumns } from '../../synchronizations/synchronization-row.js';
import type { ListFields } from './list-fields.js';

/** What a list is sorted by, beside the id: each with an index of that order, so that a page costs what it shows. */
export type ListOrder = 'created' | 'name' | 'due';

const tableName = 'lower(coalesce(name, requested_table_name)) COLLATE "C"';
const microseconds = (time: string): string => `(extract(epoch FROM ${time}) * 1000000)::bigint::text`;
const timeOf = (parameter: string): string =>
  `'epoch'::timestamptz + ${parameter}::bigint * interval '1 microsecond'`;

const orders: Record<ListOrder, { key: string; position: string; after: (parameter: string) => string }> = {
  created: { key: 'created_at', position: microseconds('created_at'), after: timeOf },
  name: { key: tableName, position: tableName, after: (parameter) => `${parameter}::text COLLATE "C"` },
  due: { key: 'due_at', position: microseconds('due_at'), after: timeOf },
};

/** What a refresh that was asked for, and that no scheduler has taken up yet, looks like. */
const asked = `state IN ('success', 'failure') AND sync_requested_at > attempted_at`;
/** The states that customers see; each line is a part that has an index of its own, or is what most rows are. */
const partsOfStates: Record<SynchronizationState, readonly string[]> = {
  created: [`state = 'created'`],
  queued: [`state = 'queued'`, asked],
  syncing: [`state = 'syncing'`],
  success: [`state = 'success' AND (sync_requested_at > attempted_at) IS NOT TRUE`],
  failure: [`state = 'failure' AND (sync_requested_at > attempted_at) IS NOT TRUE`],
};

/** By what the rows come: the filter that can be read in order. */
export function orderOf({ due_before: dueBefore, name }: Pick<ListFields, 'due_before' | 'name'>): ListOrder {
  if (name !== undefined) return 'name';
  return dueBefore === undefined ? 'created' : 'due';
}

/** The filters of a list; a cursor belongs to one set of them. */
export type ListFilters = Pick<ListFields, 'state' | 'name' | 'due_before' | 'service'>;

/** The sort key and the id of the row before the page. */
export type ListPosition = readonly [key: string, id: string];

/** The question for `count` rows of a list after a position. Each row has its own sort key as `position`. */
export function listStatement(
  accountId: string,
  filters: ListFilters,
  after: ListPosition | null,
  count: number,
): { statement: Statement; parameters: unknown[] } {
  const parameters: unknown[] = [accountId, count];
  const parameter = (value: unknown): string => `$${parameters.push(value)}`;
  const { key, position, after: afterKey } = orders[orderOf(filters)];
  const conditions = ['account_id = $1', 'deleted_at IS NULL', ...filterConditions(filters, parameter)];
  if (after !== null)
    conditions.push(`(${key}, id) > (${afterKey(parameter(after[0]))}, ${parameter(after[1])}::uuid)`);
  const part = (condition: string): string => `
SELECT ${synchronizationColumns}, ${key} AS sort_key, ${position} AS position
  FROM synchronizations
 WHERE ${[...conditions, condition].join(' AND ')}
 ORDER BY ${key}, id
 LIMIT $2`;
  const parts = (filters.state ?? []).flatMap((state) => partsOfStates[state]);
  const text =
    parts.length < 2
      ? part(parts[0] ?? 'true')
      : `${parts.map((condition) => `(${part(condition)})`).join(' UNION ALL ')} ORDER BY sort_key, id LIMIT $2`;
  return { statement: { name: nameOf(text), text }, parameters };
}

function filterConditions(
  { name, due_before: dueBefore, service }: ListFilters,
  parameter: (value: unknown) => string,
): string[] {
  const conditions: string[] = [];
  if (name !== undefined) {
    conditions.push(`${tableName} >= ${parameter(name)}`);
    // Nothing that begins with the prefix comes after the prefix and the last of all characters.
    conditions.push(`${tableName} < ${parameter(`${name}\u{10FFFF}`)}`);
  }
  if (dueBefore !== undefined) conditions.push(`due_at < ${parameter(dueBefore)}::timestamptz`);
  if (service === 'url') conditions.push('service_name IS NULL');
  else if (service !== undefined) conditions.push(`service_name = ${parameter(service)}`);
  return conditions;
}

/** Statements are prepared by name, so each text has a name of its own. */
function nameOf(text: string): string {
  return `list-synchronizations-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}
