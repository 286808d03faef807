import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type {
  CreatedSynchronizationDto,
  SyncNowDto,
  SynchronizationDto,
  SynchronizationListDto,
  SynchronizationState,
} from '@tidetable/contracts';
import { z } from 'zod';
import { apiEnvironment, type ApiEnvironment } from '../api.env.js';
import type { AuthenticatedAccount } from '../authentication/authenticate.js';
import { ConnectionsService } from '../connections/connections.service.js';
import { noCredentialFields } from '../credentials/credential-fields.js';
import { CredentialsService, type KnownCredentials } from '../credentials/credentials.service.js';
import { parseFields } from '../http/parse-fields.js';
import { notFound } from '../http/refusal.js';
import type { RequestFields } from '../http/request-fields.decorator.js';
import { asksForSync } from './asks-for-sync.js';
import { presentCreatedSynchronization, presentSynchronization } from './present-synchronization.js';
import {
  type ChangedSynchronization,
  changedSynchronizationFields,
  newSynchronizationFields,
  pageFields,
} from './synchronization-fields.js';
import { SynchronizationsRepository } from './synchronizations.repository.js';

/** What a customer can do with synchronizations: check what was said, store it, show the result. */
@Injectable()
export class SynchronizationsService {
  constructor(
    private readonly repository: SynchronizationsRepository,
    private readonly credentials: CredentialsService,
    private readonly connections: ConnectionsService,
    @Inject(apiEnvironment) private readonly environment: ApiEnvironment,
  ) {}

  async list(account: AuthenticatedAccount, { query }: RequestFields): Promise<SynchronizationListDto> {
    const [rows, total] = await this.repository.findPage(account.id, parseFields(pageFields, query));
    return { synchronizations: rows.map(presentSynchronization), total_entries: total };
  }

  /** CARTO's Python client sends the fields in the query or in the body, depending on the call; the body wins. */
  async create(
    account: AuthenticatedAccount,
    { query, body }: RequestFields,
  ): Promise<CreatedSynchronizationDto> {
    const schema = newSynchronizationFields(this.environment.MIN_INTERVAL_SECONDS);
    const fields = parseFields(schema, { ...query, ...body });
    if (fields.service_name !== null) await this.connections.refuseUnconnected(account, fields.service_name);
    const id = randomUUID();
    // Kept before the first run can begin; forgotten by themselves should the row never come.
    const kept =
      fields.url === null
        ? null
        : await this.credentials.keep({ id, accountId: account.id, url: fields.url }, fields);
    return presentCreatedSynchronization(await this.repository.insert({ id, account }, fields, kept));
  }

  async show(account: AuthenticatedAccount, id: string): Promise<SynchronizationDto> {
    const row = await this.repository.find(account.id, id);
    if (row === null) throw notFound('synchronization');
    return presentSynchronization(row);
  }

  /** Changes the given fields; a request that gives none at all asks for a refresh. */
  async change(
    account: AuthenticatedAccount,
    id: string,
    fields: RequestFields,
  ): Promise<SynchronizationDto> {
    if (asksForSync(fields)) {
      await this.syncNow(account, id);
    } else {
      const schema = changedSynchronizationFields(this.environment.MIN_INTERVAL_SECONDS);
      const changed = parseFields(schema, { ...fields.query, ...fields.body });
      const kept = await this.keepCredentials(account, id, changed);
      if (!(await this.repository.change(account.id, id, changed, kept))) throw notFound('synchronization');
    }
    return this.show(account, id);
  }

  private async keepCredentials(
    account: AuthenticatedAccount,
    id: string,
    changed: ChangedSynchronization,
  ): Promise<KnownCredentials | null> {
    if (changed.headers === undefined && changed.basic_auth === undefined) return null;
    const row = await this.repository.find(account.id, id);
    if (row === null) throw notFound('synchronization');
    if (row.url !== null) return this.credentials.keep({ id, accountId: account.id, url: row.url }, changed);
    parseFields(z.object(noCredentialFields), { ...changed });
    return null;
  }

  async delete(account: AuthenticatedAccount, id: string): Promise<void> {
    if (!(await this.repository.delete(account.id, id))) throw notFound('synchronization');
  }

  async showState(account: AuthenticatedAccount, id: string): Promise<{ state: SynchronizationState }> {
    const { state } = await this.show(account, id);
    return { state };
  }

  /** Too soon is not an error: the answer then says that nothing was enqueued. */
  async syncNow(account: AuthenticatedAccount, id: string): Promise<SyncNowDto> {
    const enqueued = await this.repository.requestSync(account.id, id, this.environment.SYNC_NOW_GAP_SECONDS);
    if (!enqueued) await this.show(account, id);
    return { enqueued, synchronization_id: id };
  }
}
