import { randomUUID } from 'node:crypto';
import type { AccountLimits, ImportOptions, PlanSourceV1Request, Source } from '@tidetable/contracts';
import type { Asks } from '../../database/metadata-database.js';
import type { SynchronizationRow } from '../../synchronizations/synchronization-row.js';
import type { SynchronizationsRepository } from '../../synchronizations/synchronizations.repository.js';
import { Problem } from '../problems/problem.js';
import type { PlanFields } from './plan-fields.js';
import { findByTable, findLimits } from './plan-statements.js';

/** What preparing takes. */
export interface PreparationParts {
  readonly database: Asks;
  readonly synchronizations: Pick<SynchronizationsRepository, 'find'>;
}

/**
 * What a fetcher is asked: only ever about synchronizations of this account.
 *
 * @throws Problem 404 when the synchronization is none of the account's
 */
export async function preparePlan(
  { database, synchronizations }: PreparationParts,
  accountId: string,
  { source, options, table, synchronization_id: id }: PlanFields,
  timeoutMs: number,
): Promise<PlanSourceV1Request> {
  const row = id === undefined ? null : await synchronizations.find(accountId, id);
  if (id !== undefined && row === null) throw new Problem('not-found');
  const tableName = table?.name ?? null;
  const [named] =
    row === null && tableName !== null
      ? await database.query<{ id: string }>(findByTable, [accountId, tableName])
      : [];
  const [account] = await database.query<{ limits: AccountLimits }>(findLimits, [accountId]);
  return {
    planId: randomUUID(),
    accountId,
    source: sourceOf(source, row, accountId),
    headers: source?.type === 'url' ? (source.headers ?? null) : null,
    basicAuth: source?.type === 'url' ? (source.basic_auth ?? null) : null,
    options: optionsOf(options, row, account?.limits ?? {}),
    synchronizationId: row?.id ?? named?.id ?? null,
    timeoutMs,
  };
}

/** What was kept for a synchronization's requests is used for its own source, and for no other. */
function sourceOf(given: PlanFields['source'], row: SynchronizationRow | null, accountId: string): Source {
  if (given?.type === 'url') return { kind: 'url', url: given.url };
  if (given?.type === 'service')
    return { kind: 'service', service: given.service, itemId: given.item_id, accountId };
  if (row === null) throw new Error('a plan was asked for that says nothing of where the file is');
  if (row.url === null) {
    const { serviceName: service, serviceItemId: itemId } = row;
    if (service === null || itemId === null) throw new Error('a synchronization has no source');
    return { kind: 'service', service, itemId, accountId };
  }
  const hasCredentials = row.headerNames.length > 0 || row.hasBasicAuth;
  return {
    kind: 'url',
    url: row.url,
    ...(hasCredentials ? { credentialsOf: { synchronizationId: row.id, accountId } } : {}),
  };
}

function optionsOf(
  given: PlanFields['options'] = {},
  row: SynchronizationRow | null,
  limits: AccountLimits,
): ImportOptions {
  return {
    typeGuessing: given.type_guessing ?? row?.typeGuessing ?? true,
    quotedFieldsGuessing: given.quoted_fields_guessing ?? row?.quotedFieldsGuessing ?? true,
    contentGuessing: given.content_guessing ?? row?.contentGuessing ?? false,
    member: given.member === undefined ? (row?.member ?? null) : given.member,
    layer: given.layer === undefined ? (row?.layer ?? null) : given.layer,
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
  };
}
