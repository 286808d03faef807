import { Controller, Get, Headers, Param, type PipeTransform, Res, UseGuards } from '@nestjs/common';
import type { RejectedRowsDto } from '@tidetable/contracts';
import type { FastifyReply } from 'fastify';
import type { AuthenticatedAccount } from '../authentication/authenticate.js';
import { AuthenticationGuard } from '../authentication/authentication.guard.js';
import { CurrentAccount } from '../authentication/current-account.decorator.js';
import { accountPaths } from '../http/account-paths.js';
import { parseFields } from '../http/parse-fields.js';
import { Fields, type RequestFields } from '../http/request-fields.decorator.js';
import { ResourceIdPipe } from '../http/resource-id.pipe.js';
import { rejectsFields } from './rejects-fields.js';
import { latest } from './rejects.repository.js';
import { RejectsService } from './rejects.service.js';
import { writeRejectsCsv } from './write-rejects-csv.js';

/** The id of a run, or the word for the last one. */
class RunIdPipe implements PipeTransform<string, string> {
  private readonly ids = new ResourceIdPipe('run');

  transform(value: string): string {
    return value === latest ? value : this.ids.transform(value);
  }
}

/** The rows of files that are not in their tables, as JSON page by page, or as one CSV file. */
@Controller(accountPaths('api/v1/synchronizations/:id/runs/:runId/rejects'))
@UseGuards(AuthenticationGuard)
export class RejectsController {
  constructor(private readonly rejects: RejectsService) {}

  @Get()
  async list(
    @CurrentAccount() account: AuthenticatedAccount,
    @Param('id', new ResourceIdPipe('synchronization')) synchronizationId: string,
    @Param('runId', new RunIdPipe()) runId: string,
    @Fields() { query }: RequestFields,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RejectedRowsDto | string> {
    const { after, limit, format } = parseFields(rejectsFields, query);
    const run = { synchronizationId, runId };
    if ((format ?? wantedBy(accept)) === 'json') return this.rejects.list(account, run, { after, limit });
    const all = await this.rejects.listAll(account, run);
    void reply.headers({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="rejects-${all.runId}.csv"`,
    });
    return writeRejectsCsv(all.rows);
  }
}

function wantedBy(accept: string | undefined): 'json' | 'csv' {
  return accept !== undefined && /\btext\/csv\b/i.test(accept) ? 'csv' : 'json';
}
