import { Injectable } from '@nestjs/common';
import { Synchronization, synchronizationDueChannel } from '@tidetable/metadata-db';
import { IsNull } from 'typeorm';
import type { KnownCredentials } from '../credentials/credentials.service.js';
import { MetadataDatabase } from '../database/metadata-database.js';
import type { ChangedSynchronization, NewSynchronization, Page } from './synchronization-fields.js';
import { changeSql, deleteSql, insertSql, requestSyncSql } from './synchronization-statements.js';

/** The synchronizations of one account at a time; deleted ones are not there. */
@Injectable()
export class SynchronizationsRepository {
  constructor(private readonly database: MetadataDatabase) {}

  /** One page in the order of creation, and how many there are in all. */
  async findPage(accountId: string, { page, per_page: perPage }: Page): Promise<[Synchronization[], number]> {
    const where = { accountId, deletedAt: IsNull() };
    return this.database.ask(async (manager) => {
      if (perPage === undefined && page > 1) return [[], await manager.countBy(Synchronization, where)];
      return manager.findAndCount(Synchronization, {
        where,
        order: { createdAt: 'ASC', id: 'ASC' },
        ...(perPage === undefined ? {} : { skip: (page - 1) * perPage, take: perPage }),
      });
    });
  }

  async find(accountId: string, id: string): Promise<Synchronization | null> {
    return this.database.ask((manager) =>
      manager.findOneBy(Synchronization, { id, accountId, deletedAt: IsNull() }),
    );
  }

  /** Stores a new synchronization and tells the schedulers; the row as it was before any of them saw it. */
  async insert(
    { id, accountId }: { id: string; accountId: string },
    fields: NewSynchronization,
    credentials: KnownCredentials | null,
  ): Promise<Synchronization> {
    return this.database.ask((manager) =>
      manager.transaction(async (transaction) => {
        const [inserted] = await transaction.query<{ id: string }[]>(insertSql, [
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
        ]);
        return transaction.findOneByOrFail(Synchronization, { id: inserted?.id });
      }),
    );
  }

  /** Changes what is given and leaves the rest; false when there is no such synchronization. */
  async change(
    accountId: string,
    id: string,
    fields: ChangedSynchronization,
    credentials: KnownCredentials | null,
  ): Promise<boolean> {
    return this.affectsOne(changeSql, [
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
    ]);
  }

  /** Takes it out of everybody's sight; false when there is no such synchronization. */
  async delete(accountId: string, id: string): Promise<boolean> {
    return this.affectsOne(deleteSql, [accountId, id]);
  }

  /** Asks for a refresh now, if the rule allows one, and says whether it did. Of several at once, one is allowed. */
  async requestSync(accountId: string, id: string, gapSeconds: number): Promise<boolean> {
    return this.affectsOne(requestSyncSql, [accountId, id, gapSeconds, synchronizationDueChannel]);
  }

  private async affectsOne(sql: string, parameters: unknown[]): Promise<boolean> {
    const rows = await this.database.ask((manager) => manager.query<unknown[]>(sql, parameters));
    return rows.length === 1;
  }
}
