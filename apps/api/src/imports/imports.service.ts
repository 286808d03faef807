import { Injectable } from '@nestjs/common';
import type { ImportDto } from '@tidetable/contracts';
import type { AuthenticatedAccount } from '../authentication/authenticate.js';
import { notFound } from '../http/refusal.js';
import { ImportsRepository } from './imports.repository.js';
import { presentImport } from './present-import.js';

/** Shows first runs to their owners. */
@Injectable()
export class ImportsService {
  constructor(private readonly repository: ImportsRepository) {}

  async show(account: AuthenticatedAccount, firstRunId: string): Promise<ImportDto> {
    const found = await this.repository.find(account.id, firstRunId);
    if (found === null) throw notFound('import');
    return presentImport(found);
  }
}
