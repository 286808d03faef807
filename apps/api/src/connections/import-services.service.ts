import { Injectable } from '@nestjs/common';
import type { StorageService } from '@tidetable/contracts';
import type { AuthenticatedAccount } from '../authentication/authenticate.js';
import { parseFields } from '../http/parse-fields.js';
import { badRequest, Refusal } from '../http/refusal.js';
import { isState } from './browser-binding.js';
import { cartoFilesFields, type FilesFields } from './connection-fields.js';
import { ConnectionsService, refuseState } from './connections.service.js';
import { ConsentService } from './consent.service.js';
import { presentCartoFile } from './present-connection.js';

/** CARTO's clients know no pages: so many of the service's are put together, at most. */
const pagesMax = 10;

/** CARTO's words for what can be done with connections, and its statuses: 401 for one that ended, otherwise 400. */
@Injectable()
export class ImportServicesService {
  constructor(
    private readonly connections: ConnectionsService,
    private readonly consent: ConsentService,
  ) {}

  async begin(
    account: AuthenticatedAccount,
    service: StorageService,
  ): Promise<{ url: string; success: true }> {
    if ((await this.connections.stateOf(account, service)) === 'connected') {
      throw badRequest('The account is connected to this service already.');
    }
    const url = await this.connections.begin(account, service).catch(inCartoStatuses);
    return { url, success: true };
  }

  /**
   * A connection that is found to have ended is told once by 401, where CARTO forgets it; from then on there is none, so
   * that its clients begin anew.
   */
  async check(
    account: AuthenticatedAccount,
    service: StorageService,
  ): Promise<{ oauth_valid: boolean; success: true }> {
    const known = await this.connections.stateOf(account, service);
    const state = known === 'connected' ? await this.connections.check(account, service) : known;
    if (state === 'not-configured') throw refuseState(state, service, 400);
    if (known === 'connected' && state === 'needs-reconnecting') throw refuseState(state, service, 401);
    return { oauth_valid: state === 'connected', success: true };
  }

  async listFiles(
    account: AuthenticatedAccount,
    service: StorageService,
    query: Record<string, unknown>,
  ): Promise<{ files: object[]; success: true }> {
    const { filter } = parseFields(cartoFilesFields, query);
    const files: object[] = [];
    let page: string | null = null;
    for (let pages = 0; pages === 0 || (page !== null && pages < pagesMax); pages++) {
      const listed = await this.listPage(account, service, { filter, q: null, page });
      files.push(...listed.files.map((file) => presentCartoFile(file, service)));
      page = listed.nextPage;
    }
    return { files, success: true };
  }

  private listPage(
    account: AuthenticatedAccount,
    service: StorageService,
    fields: FilesFields,
  ): ReturnType<ConnectionsService['listFiles']> {
    return this.connections.listFiles(account, service, fields).catch(inCartoStatuses);
  }

  /** Needs the state beside the code, which the service sends along with it. */
  async complete(
    account: AuthenticatedAccount,
    service: StorageService,
    code: string,
    { state }: Record<string, unknown>,
  ): Promise<{ success: boolean }> {
    if (!isState(state))
      throw badRequest('Invalid state: what the service sent along with the code is required.');
    const owner = { binding: null, accountId: account.id };
    const { outcome } = await this.consent.complete({ service, state, code, ...owner });
    return { success: outcome === 'connected' };
  }

  async revoke(account: AuthenticatedAccount, service: StorageService): Promise<{ success: true }> {
    const { wasThere } = await this.connections.revoke(account, service);
    if (!wasThere) throw refuseState('none', service, 400);
    return { success: true };
  }
}

function inCartoStatuses(error: unknown): never {
  if (!(error instanceof Refusal) || error.statusCode === 503) throw error;
  const hasEnded = error.extra['error'] === 'connection-refused';
  throw new Refusal(hasEnded ? 401 : 400, error.message, error.extra, error.headers);
}
