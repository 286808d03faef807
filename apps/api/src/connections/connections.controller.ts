import { Controller, Delete, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import type {
  BegunConnectionDto,
  ConnectionDto,
  EndedConnectionDto,
  ServiceFilesDto,
  StorageService,
} from '@tidetable/contracts';
import type { AuthenticatedAccount } from '../authentication/authenticate.js';
import { AuthenticationGuard } from '../authentication/authentication.guard.js';
import { CurrentAccount } from '../authentication/current-account.decorator.js';
import { accountPaths } from '../http/account-paths.js';
import { parseFields } from '../http/parse-fields.js';
import { notFound } from '../http/refusal.js';
import { Fields, type RequestFields } from '../http/request-fields.decorator.js';
import { filesFields } from './connection-fields.js';
import { ConnectionsService } from './connections.service.js';
import { presentFile } from './present-connection.js';
import { knownService } from './storage-service.pipe.js';

/** How long the address is good that connecting goes on at, in seconds. */
const authorizationSeconds = 600;

/** An account's connections to storage services, in our own words. */
@Controller(accountPaths('api/v1/connections'))
@UseGuards(AuthenticationGuard)
export class ConnectionsController {
  constructor(private readonly connections: ConnectionsService) {}

  @Get()
  async list(@CurrentAccount() account: AuthenticatedAccount): Promise<{ connections: ConnectionDto[] }> {
    return { connections: await this.connections.list(account) };
  }

  @Get(':service')
  async show(
    @CurrentAccount() account: AuthenticatedAccount,
    @Param('service', knownService) service: StorageService,
  ): Promise<ConnectionDto> {
    const all = await this.connections.list(account);
    const found = all.find((connection) => connection.service === service);
    if (found === undefined) throw notFound('service');
    return found;
  }

  @Post(':service')
  @HttpCode(200)
  async begin(
    @CurrentAccount() account: AuthenticatedAccount,
    @Param('service', knownService) service: StorageService,
  ): Promise<BegunConnectionDto> {
    return { url: await this.connections.begin(account, service), expires_in: authorizationSeconds };
  }

  @Get(':service/files')
  async listFiles(
    @CurrentAccount() account: AuthenticatedAccount,
    @Param('service', knownService) service: StorageService,
    @Fields() { query }: RequestFields,
  ): Promise<ServiceFilesDto> {
    const fields = parseFields(filesFields, query);
    const { files, nextPage } = await this.connections.listFiles(account, service, fields);
    return { files: files.map(presentFile), next_page: nextPage };
  }

  @Delete(':service')
  async revoke(
    @CurrentAccount() account: AuthenticatedAccount,
    @Param('service', knownService) service: StorageService,
  ): Promise<EndedConnectionDto> {
    const { wasThere, serviceTold } = await this.connections.revoke(account, service);
    if (!wasThere) throw notFound('connection');
    return { service, state: 'not-connected', service_told: serviceTold };
  }
}
