import { Controller, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { pushBodyBytesMax, type StorageService } from '@tidetable/contracts';
import { type FetcherClient, FetcherSilentError } from '@tidetable/scheduler-client';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { fetchers } from '../connections/connections.service.js';
import { knownService } from '../connections/storage-service.pipe.js';
import { fetchersAway, notFound, Refusal } from '../http/refusal.js';
import { requestFields } from '../http/request-fields.decorator.js';

/** What tells what a notification is about, and proves where it comes from. */
const headerForm = /^(x-goog-.*|x-dropbox-signature|box-.*)$/;
const headerCharactersMax = 1_000;
/** As Dropbox sends them; nothing that a browser could take for anything else comes back. */
const challengeForm = /^[A-Za-z0-9_-]{1,200}$/;

/**
 * Where storage services tell of changes. Anybody can call it: the fetchers find out who it is, and the answer is the same
 * whatever came, so that nothing can be learnt from it.
 */
@Controller('api/v1/push')
export class PushController {
  constructor(@Inject(fetchers) private readonly fetcherClient: FetcherClient | null) {}

  /** Dropbox asks this once, when the address is registered. */
  @Get(':service')
  challenge(
    @Param('service', knownService) service: StorageService,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    const { challenge } = requestFields(request).query;
    if (service !== 'dropbox' || typeof challenge !== 'string' || !challengeForm.test(challenge))
      throw notFound('service');
    void reply
      .headers({
        'content-type': 'text/plain; charset=utf-8',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
      })
      .send(challenge);
  }

  @Post(':service')
  @HttpCode(200)
  async receive(
    @Param('service', knownService) service: StorageService,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    if (body.length > pushBodyBytesMax) throw new Refusal(413, 'The body is larger than 64 KiB.');
    if (this.fetcherClient === null) throw fetchersAway();
    try {
      await this.fetcherClient.receivePush({
        service,
        headers: relevantHeaders(request.headers),
        body: body.toString('base64'),
      });
    } catch (error) {
      if (error instanceof FetcherSilentError) throw fetchersAway();
      throw error;
    }
  }
}

function relevantHeaders(headers: FastifyRequest['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(
      (header): header is [string, string] =>
        headerForm.test(header[0]) &&
        typeof header[1] === 'string' &&
        header[1].length <= headerCharactersMax,
    ),
  );
}
