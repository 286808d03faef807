import { Controller, Get, Param, UseGuards } from '@nestjs/common';
import type { ImportDto } from '@tidetable/contracts';
import type { AuthenticatedAccount } from '../authentication/authenticate.js';
import { AuthenticationGuard } from '../authentication/authentication.guard.js';
import { CurrentAccount } from '../authentication/current-account.decorator.js';
import { accountPaths } from '../http/account-paths.js';
import { ResourceIdPipe } from '../http/resource-id.pipe.js';
import { ImportsService } from './imports.service.js';

/** The part of CARTO's Import API by which the first run of a synchronization is watched. */
@Controller(accountPaths('api/v1/imports'))
@UseGuards(AuthenticationGuard)
export class ImportsController {
  constructor(private readonly imports: ImportsService) {}

  @Get(':id')
  show(
    @CurrentAccount() account: AuthenticatedAccount,
    @Param('id', new ResourceIdPipe('import')) id: string,
  ): Promise<ImportDto> {
    return this.imports.show(account, id);
  }
}
