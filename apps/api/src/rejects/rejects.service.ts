import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { ListRejectedRowsV1Reply, RejectedRow, RejectedRowsDto } from '@tidetable/contracts';
import { type ImporterClient, ImporterSilentError } from '@tidetable/scheduler-client';
import type { AuthenticatedAccount } from '../authentication/authenticate.js';
import { importersAway, notFound } from '../http/refusal.js';
import { rejectsLimitMax } from './rejects-fields.js';
import { RejectsRepository } from './rejects.repository.js';

/** Under this token Nest injects the way to the importers; `null` where the api does not know the bus. */
export const importers = Symbol('importers');

/** Shows the rows that runs rejected to the owners of their files. */
@Injectable()
export class RejectsService implements OnModuleDestroy {
  constructor(
    private readonly repository: RejectsRepository,
    @Inject(importers) private readonly importers: ImporterClient | null,
  ) {}

  async onModuleDestroy(): Promise<void> {
    await this.importers?.close();
  }

  /** One page. @throws Refusal 404 or 503 */
  async list(
    account: AuthenticatedAccount,
    run: { synchronizationId: string; runId: string },
    page: { after: number; limit: number },
  ): Promise<RejectedRowsDto> {
    const runId = await this.getRun(account, run);
    const { rejectedRows, keptRows, rows, next } = await this.ask({ runId, ...page });
    return {
      run_id: runId,
      rejected_rows: rejectedRows,
      kept_rows: keptRows,
      rejects: rows,
      next_after: next,
    };
  }

  /** All that are kept. @throws Refusal 404 or 503 */
  async listAll(
    account: AuthenticatedAccount,
    run: { synchronizationId: string; runId: string },
  ): Promise<{ runId: string; rows: RejectedRow[] }> {
    const runId = await this.getRun(account, run);
    const rows: RejectedRow[] = [];
    for (let after: number | null = 0; after !== null;) {
      const page: ListRejectedRowsV1Reply = await this.ask({ runId, after, limit: rejectsLimitMax });
      rows.push(...page.rows);
      after = page.next;
    }
    return { runId, rows };
  }

  private async getRun(
    account: AuthenticatedAccount,
    { synchronizationId, runId }: { synchronizationId: string; runId: string },
  ): Promise<string> {
    const found = await this.repository.findRun(account.id, synchronizationId, runId);
    if (found === null) throw notFound('run');
    return found;
  }

  private async ask(request: {
    runId: string;
    after: number;
    limit: number;
  }): Promise<ListRejectedRowsV1Reply> {
    if (this.importers === null) throw importersAway();
    try {
      return await this.importers.listRejectedRows(request);
    } catch (error) {
      if (error instanceof ImporterSilentError) throw importersAway();
      throw error;
    }
  }
}
