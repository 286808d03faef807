import { Controller, Delete, Get, Param, UseGuards } from '@nestjs/common';
import type { StorageService } from '@tidetable/contracts';
import type { AuthenticatedAccount } from '../authentication/authenticate.js';
import { AuthenticationGuard } from '../authentication/authentication.guard.js';
import { CurrentAccount } from '../authentication/current-account.decorator.js';
import { NeedsScope } from '../authentication/needs-scope.decorator.js';
import { accountPaths } from '../http/account-paths.js';
import { Fields, type RequestFields } from '../http/request-fields.decorator.js';
import { ImportServicesService } from './import-services.service.js';
import { cartoService } from './storage-service.pipe.js';

const Service = (): ParameterDecorator => Param('service', cartoService);

/** CARTO's routes for storage services, which begin below those of imports. */
@Controller(accountPaths('api/v1/imports/service/:service'))
@UseGuards(AuthenticationGuard)
export class ImportServicesController {
  constructor(private readonly services: ImportServicesService) {}

  @Get('auth_url')
  @NeedsScope('write')
  begin(
    @CurrentAccount() account: AuthenticatedAccount,
    @Service() service: StorageService,
  ): Promise<{ url: string; success: true }> {
    return this.services.begin(account, service);
  }

  @Get('token_valid')
  check(
    @CurrentAccount() account: AuthenticatedAccount,
    @Service() service: StorageService,
  ): Promise<{ oauth_valid: boolean; success: true }> {
    return this.services.check(account, service);
  }

  @Get('list_files')
  listFiles(
    @CurrentAccount() account: AuthenticatedAccount,
    @Service() service: StorageService,
    @Fields() { query }: RequestFields,
  ): Promise<{ files: object[]; success: true }> {
    return this.services.listFiles(account, service, query);
  }

  @Get('validate_code/:code')
  @NeedsScope('write')
  complete(
    @CurrentAccount() account: AuthenticatedAccount,
    @Service() service: StorageService,
    @Param('code') code: string,
    @Fields() { query }: RequestFields,
  ): Promise<{ success: boolean }> {
    return this.services.complete(account, service, code, query);
  }

  @Delete('invalidate_token')
  revoke(
    @CurrentAccount() account: AuthenticatedAccount,
    @Service() service: StorageService,
  ): Promise<{ success: true }> {
    return this.services.revoke(account, service);
  }
}
