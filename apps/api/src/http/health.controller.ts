import { Controller, Get, HttpCode, Res } from '@nestjs/common';
import { readReadiness } from '@tidetable/service-host';
import type { FastifyReply } from 'fastify';
import { MetadataDatabase } from '../database/metadata-database.js';

/** `/livez` and `/readyz`, as every service has them. */
@Controller()
export class HealthController {
  constructor(private readonly database: MetadataDatabase) {}

  @Get('livez')
  @HttpCode(200)
  live(): { live: boolean } {
    return { live: true };
  }

  @Get('readyz')
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const readiness = await readReadiness({ metadataDatabase: () => this.database.isReady() });
    await reply.status(readiness.ready ? 200 : 503).send(readiness);
  }
}
