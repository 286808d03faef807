import { Injectable } from '@nestjs/common';
import { synchronizationDueChannel } from '@tidetable/metadata-db';
import type { AuthenticatedAccount } from '../authentication/authenticate.js';
import type { KnownCredentials } from '../credentials/credentials.service.js';
import { type Asks, MetadataDatabase, type Statement } from '../database/metadata-database.js';
import { refuseBeyondQuota } from '../quotas/quotas.js';
import type {
  ChangedSynchronization,
  NewSynchronization,
  Page,
  WallClock,
} from './synchronization-fields.js';
import type { SynchronizationRow } from './synchronization-row.js';
import {
  changeOne,
  countAll,
  deleteOne,
  findOne,
  findPage,
  insertOne,
  lockOne,
  refreshableIn,
  requestSync,
} from './synchronization-statements.js';

/** The synchronizations of one account at a time; deleted ones are not there. */
@Injectable()
export class SynchronizationsRepository {
  constructor(private readonly database: MetadataDatabase) {}

  /** One page in the order of creation, and how many there are in all. */
  async findPage(
    accountId: string,
    { page, per_page: perPage }: Page,
  ): Promise<[SynchronizationRow[], number]> {
    const count = this.database.query<{ total: number }>(countAll, [accountId]);
    const isPastTheEnd = perPage === undefined && page > 1;
    const parameters = [accountId, perPage ?? null, (page - 1) * (perPage ?? 0)];
    const rows = isPastTheEnd ? [] : this.database.query<SynchronizationRow>(findPage, parameters);
    const [counted, found] = await Promise.all([count, rows]);
    return [found, counted[0]?.total ?? 0];
  }

  async find(accountId: string, id: string): Promise<SynchronizationRow | null> {
    const [row] = await this.database.query<SynchronizationRow>(findOne, [accountId, id]);
    return row ?? null;
  }

  /** The row, which stays as it is until the transaction ends; `null` when there is none. */
  async lock(within: Asks, accountId: string, id: string): Promise<SynchronizationRow | null> {
    const [row] = await within.query<SynchronizationRow>(lockOne, [accountId, id]);
    return row ?? null;
  }

  /**
   * Stores a new synchronization and tells the schedulers; the row as it was before any of them saw it.
   *
   * @throws Refusal 403 when the account has as much as it may have
   */
  async insert(
    place: { id: string; account: Pick<AuthenticatedAccount, 'id' | 'hasQuota'> },
    fields: NewSynchronization,
    credentials: KnownCredentials | null,
    within?: Asks,
  ): Promise<SynchronizationRow> {
    const { id, account } = place;
    if (account.hasQuota && within === undefined)
      return this.database.transaction((transaction) => this.insert(place, fields, credentials, transaction));
    if (account.hasQuota && within !== undefined) await refuseBeyondQuota(within, account.id);
    return this.insertOne(within ?? this.database, { id, accountId: account.id }, fields, credentials);
  }

  private async insertOne(
    asks: Asks,
    { id, accountId }: { id: string; accountId: string },
    fields: NewSynchronization,
    credentials: KnownCredentials | null,
  ): Promise<SynchronizationRow> {
    const [row] = await asks.query<SynchronizationRow>(insertOne, [
      accountId,
      fields.url,
      fields.interval,
      fields.table_name,
      fields.type_guessing,
      fields.quoted_fields_guessing,
      fields.content_guessing,
      fields.member,
      fields.layer,
      synchronizationDueChannel,
      fields.service_name,
      fields.service_item_id,
      id,
      credentials?.headerNames ?? [],
      credentials?.hasBasicAuth ?? false,
      ...wallClockParameters(fields.wallClock),
    ]);
    if (row === undefined) throw new Error('an inserted synchronization was not given back');
    return row;
  }

  /** Changes what is given and leaves the rest; false when there is no such synchronization. */
  async change(
    accountId: string,
    id: string,
    fields: ChangedSynchronization,
    credentials: KnownCredentials | null,
    within: Asks = this.database,
  ): Promise<boolean> {
    return affectsOne(within, changeOne, [
      accountId,
      id,
      fields.interval ?? null,
      fields.type_guessing ?? null,
      fields.quoted_fields_guessing ?? null,
      fields.content_guessing ?? null,
      fields.member ?? null,
      fields.member !== undefined,
      fields.layer ?? null,
      fields.layer !== undefined,
      credentials?.headerNames ?? null,
      credentials?.hasBasicAuth ?? null,
      ...wallClockParameters(fields.wallClock),
      fields.wallClock !== undefined,
      fields.url ?? null,
    ]);
  }

  /** Takes it out of everybody's sight; false when there is no such synchronization. */
  async delete(accountId: string, id: string, within: Asks = this.database): Promise<boolean> {
    return affectsOne(within, deleteOne, [accountId, id]);
  }

  /** Asks for a refresh now, if the rule allows one, and says whether it did. Of several at once, one is allowed. */
  async requestSync(
    accountId: string,
    id: string,
    gapSeconds: number,
    within: Asks = this.database,
  ): Promise<boolean> {
    return affectsOne(within, requestSync, [accountId, id, gapSeconds, synchronizationDueChannel]);
  }

  /** After how many seconds the rule allows a refresh by hand again; 1 at the least. */
  async refreshableIn(within: Asks, id: string, gapSeconds: number): Promise<number> {
    const [row] = await within.query<{ seconds: number | null }>(refreshableIn, [id, gapSeconds]);
    return Math.max(1, row?.seconds ?? 1);
  }
}

function wallClockParameters(clock: WallClock | null | undefined): (string | Date | null)[] {
  return [clock?.cron ?? null, clock?.timeZone ?? null, clock?.runAt ?? null];
}

async function affectsOne(within: Asks, statement: Statement, parameters: unknown[]): Promise<boolean> {
  return (await within.query(statement, parameters)).length === 1;
}
