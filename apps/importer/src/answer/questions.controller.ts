import { Controller, Inject } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import {
  type IsTableThereV1Reply,
  isTableThereV1Pattern,
  isTableThereV1RequestSchema,
  type ListRejectedRowsV1Reply,
  listRejectedRowsV1Pattern,
  listRejectedRowsV1RequestSchema,
} from '@tidetable/contracts';
import { Pool } from 'pg';
import { listRejectedRows } from './list-rejected-rows.js';
import { isTableThere } from './is-table-there.js';

/**
 * Answers questions about tables, and about rows that are in none. All importers share one queue group, so each question is answered by
 * one of them. An error here (the database is away, the question cannot be parsed) reaches the asker as an error and
 * never as an answer; `ImporterClient` asks again then.
 */
@Controller()
export class QuestionsController {
  constructor(@Inject(Pool) private readonly database: Pool) {}

  @MessagePattern(isTableThereV1Pattern)
  async isThere(@Payload() question: unknown): Promise<IsTableThereV1Reply> {
    const { synchronizationId } = isTableThereV1RequestSchema.parse(question);
    return { there: await isTableThere(this.database, synchronizationId) };
  }

  @MessagePattern(listRejectedRowsV1Pattern)
  async listRejected(@Payload() question: unknown): Promise<ListRejectedRowsV1Reply> {
    return listRejectedRows(this.database, listRejectedRowsV1RequestSchema.parse(question));
  }
}
