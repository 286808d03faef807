import { Controller, Delete, Get, HttpCode, Param, Post, Put, UseGuards } from '@nestjs/common';
import type {
  CreatedSynchronizationDto,
  SyncNowDto,
  SynchronizationDto,
  SynchronizationListDto,
  SynchronizationState,
} from '@tidetable/contracts';
import type { AuthenticatedAccount } from '../authentication/authenticate.js';
import { AuthenticationGuard } from '../authentication/authentication.guard.js';
import { CurrentAccount } from '../authentication/current-account.decorator.js';
import { accountPaths } from '../http/account-paths.js';
import { Fields, type RequestFields } from '../http/request-fields.decorator.js';
import { ResourceIdPipe } from '../http/resource-id.pipe.js';
import { SynchronizationsService } from './synchronizations.service.js';

const Id = (): ParameterDecorator => Param('id', new ResourceIdPipe('synchronization'));

/** CARTO's Sync Tables API. */
@Controller(accountPaths('api/v1/synchronizations'))
@UseGuards(AuthenticationGuard)
export class SynchronizationsController {
  constructor(private readonly synchronizations: SynchronizationsService) {}

  @Get()
  list(
    @CurrentAccount() account: AuthenticatedAccount,
    @Fields() fields: RequestFields,
  ): Promise<SynchronizationListDto> {
    return this.synchronizations.list(account, fields);
  }

  @Post()
  @HttpCode(200)
  create(
    @CurrentAccount() account: AuthenticatedAccount,
    @Fields() fields: RequestFields,
  ): Promise<CreatedSynchronizationDto> {
    return this.synchronizations.create(account, fields);
  }

  @Get(':id')
  show(@CurrentAccount() account: AuthenticatedAccount, @Id() id: string): Promise<SynchronizationDto> {
    return this.synchronizations.show(account, id);
  }

  @Put(':id')
  change(
    @CurrentAccount() account: AuthenticatedAccount,
    @Id() id: string,
    @Fields() fields: RequestFields,
  ): Promise<SynchronizationDto> {
    return this.synchronizations.change(account, id, fields);
  }

  @Delete(':id')
  @HttpCode(204)
  delete(@CurrentAccount() account: AuthenticatedAccount, @Id() id: string): Promise<void> {
    return this.synchronizations.delete(account, id);
  }

  @Get(':id/sync_now')
  showState(
    @CurrentAccount() account: AuthenticatedAccount,
    @Id() id: string,
  ): Promise<{ state: SynchronizationState }> {
    return this.synchronizations.showState(account, id);
  }

  @Put(':id/sync_now')
  syncNow(@CurrentAccount() account: AuthenticatedAccount, @Id() id: string): Promise<SyncNowDto> {
    return this.synchronizations.syncNow(account, id);
  }
}
