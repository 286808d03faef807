import { randomUUID } from 'node:crypto';
import type { AuthenticatedAccount } from '../../authentication/authenticate.js';
import type { ConnectionsService } from '../../connections/connections.service.js';
import type { CredentialFields } from '../../credentials/credential-fields.js';
import type { CredentialsService, KnownCredentials } from '../../credentials/credentials.service.js';
import type { Asks } from '../../database/metadata-database.js';
import type { SynchronizationRow } from '../../synchronizations/synchronization-row.js';
import type { SynchronizationsRepository } from '../../synchronizations/synchronizations.repository.js';
import { type Transacts } from '../answer-once.js';
import { etagOf, matches } from '../etag.js';
import { Problem } from '../problems/problem.js';
import { presentSynchronization } from './present-synchronization.js';
import { type ChangedFields, type NewFields, scheduleColumns, toNewSynchronization } from './write-fields.js';

/** What changing synchronizations takes. */
export interface WritingParts {
  readonly database: Asks & Transacts;
  readonly synchronizations: SynchronizationsRepository;
  readonly connections: ConnectionsService;
  readonly credentials: CredentialsService;
  readonly syncNowGapSeconds: number;
}

/**
 * Prepares a new synchronization: what has to be asked of others is asked before any transaction begins.
 *
 * @returns what stores it
 * @throws Problem 409 or 503, Refusal 400 or 501
 */
export async function prepareNew(
  { synchronizations, connections, credentials }: WritingParts,
  account: AuthenticatedAccount,
  sent: NewFields,
): Promise<(transaction: Asks) => Promise<SynchronizationRow>> {
  const fields = toNewSynchronization(sent);
  if (fields.service_name !== null) await connections.refuseUnconnected(account, fields.service_name);
  const id = randomUUID();
  // Kept before the first run can begin; forgotten by themselves should the row never come.
  const kept =
    fields.url === null
      ? null
      : await credentials.keep({ id, accountId: account.id, url: fields.url }, fields);
  return (transaction) => synchronizations.insert({ id, account }, fields, kept, transaction);
}

/** Which one, and which version of it. */
export interface Target {
  readonly account: AuthenticatedAccount;
  readonly id: string;
  readonly ifMatch: string | undefined;
}

/** Changes what was sent, if the version is the one meant. @throws Problem 404, 412, 422 or 503 */
export async function changeSynchronization(
  parts: WritingParts,
  target: Target,
  sent: ChangedFields,
): Promise<SynchronizationRow> {
  const { account, id } = target;
  const kept = await keepCredentials(parts, target, sent);
  const fields = {
    ...sent.options,
    ...(sent.schedule === undefined ? {} : scheduleColumns(sent.schedule)),
    ...(sent.source?.url === undefined ? {} : { url: sent.source.url }),
  };
  return parts.database.transaction(async (transaction) => {
    await lockVersion(parts, transaction, target);
    await parts.synchronizations.change(account.id, id, fields, kept, transaction);
    return lockRow(parts, transaction, target);
  });
}

/** Ends it, if the version is the one meant. @throws Problem 404 or 412 */
export async function deleteSynchronization(parts: WritingParts, target: Target): Promise<void> {
  await parts.database.transaction(async (transaction) => {
    await lockVersion(parts, transaction, target);
    await parts.synchronizations.delete(target.account.id, target.id, transaction);
  });
}

/** Asks for a refresh now. @throws Problem 404, 409 while one is under way, 429 when the last attempt is too recent */
export async function requestRun(
  { synchronizations, syncNowGapSeconds }: WritingParts,
  transaction: Asks,
  { account, id }: Pick<Target, 'account' | 'id'>,
): Promise<SynchronizationRow> {
  const isAllowed = await synchronizations.requestSync(account.id, id, syncNowGapSeconds, transaction);
  const row = await synchronizations.lock(transaction, account.id, id);
  if (row === null) throw new Problem('not-found');
  if (isAllowed) return row;
  const isAsked =
    row.syncRequestedAt !== null && row.attemptedAt !== null && row.syncRequestedAt > row.attemptedAt;
  if (isAsked || (row.state !== 'success' && row.state !== 'failure')) throw new Problem('run-open');
  const seconds = await synchronizations.refreshableIn(transaction, id, syncNowGapSeconds);
  throw new Problem('refresh-too-soon', { headers: { 'retry-after': String(seconds) } });
}

async function keepCredentials(
  { synchronizations, credentials }: WritingParts,
  { account, id }: Target,
  { source }: ChangedFields,
): Promise<KnownCredentials | null> {
  if (source === undefined || Object.values(source).every((given) => given === undefined)) return null;
  const row = await synchronizations.find(account.id, id);
  if (row === null) throw new Problem('not-found');
  if (row.url !== null) {
    const url = source.url ?? row.url;
    return credentials.keep({ id, accountId: account.id, url }, credentialsAt(url, row, source));
  }
  const detail = 'can only be said of a file at a URL';
  throw new Problem('fields-invalid', {
    detail: `source: ${detail}.`,
    errors: [{ in: 'body', name: 'source', detail }],
  });
}

/** What is to be kept at an address: what was sent; and nothing of before where that was for another origin. */
function credentialsAt(
  url: string,
  { url: urlBefore, headerNames, hasBasicAuth }: SynchronizationRow,
  sent: NonNullable<ChangedFields['source']>,
): CredentialFields {
  const isElsewhere = urlBefore !== null && new URL(url).origin !== new URL(urlBefore).origin;
  const goes = isElsewhere && (headerNames.length > 0 || hasBasicAuth);
  return {
    headers: sent.headers ?? (goes ? null : sent.headers),
    basic_auth: sent.basic_auth ?? (goes ? null : sent.basic_auth),
  };
}

async function lockVersion(parts: WritingParts, transaction: Asks, target: Target): Promise<void> {
  const row = await lockRow(parts, transaction, target);
  const etag = etagOf(JSON.stringify(presentSynchronization(row, target.account.username)));
  if (!matches(etag, target.ifMatch)) throw new Problem('precondition-failed');
}

async function lockRow(
  { synchronizations }: WritingParts,
  transaction: Asks,
  { account, id }: Target,
): Promise<SynchronizationRow> {
  const row = await synchronizations.lock(transaction, account.id, id);
  if (row === null) throw new Problem('not-found');
  return row;
}
