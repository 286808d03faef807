import { Controller, Get, Inject, Param, Req, Res, UseGuards } from '@nestjs/common';
import type {
  AuthorizeConnectionV1Reply,
  CompleteConnectionV1Reply,
  StorageService,
} from '@tidetable/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { apiEnvironment, type ApiEnvironment } from '../api.env.js';
import { NeedsScope } from '../authentication/needs-scope.decorator.js';
import { OptionalAuthenticationGuard } from '../authentication/optional-authentication.guard.js';
import { accountPaths } from '../http/account-paths.js';
import { Refusal } from '../http/refusal.js';
import { requestFields } from '../http/request-fields.decorator.js';
import {
  agreementOf,
  bindingOf,
  clearCookie,
  cookieName,
  createSecret,
  isAgreement,
  isState,
  readSecret,
  setCookie,
} from './browser-binding.js';
import {
  agreePage,
  connectedPage,
  type ConsentPage,
  declinedPage,
  failedPage,
  pageHeaders,
  renderPage,
  troublePage,
  unknownPage,
} from './consent-pages.js';
import { ConsentService } from './consent.service.js';
import { isStorageService } from './storage-service.pipe.js';

/** Codes are shorter; what is longer comes from no service. */
const codeCharactersMax = 4_096;

/**
 * What people see in their browsers on the way to a service and back. There is no key then: an authorization is named by
 * its state, and from our first page on tied to the browser by a cookie. Who was led to that page by somebody else sees
 * whose account it is, and no other page can go on in their name.
 */
@Controller()
export class ConsentController {
  constructor(
    private readonly consent: ConsentService,
    @Inject(apiEnvironment) private readonly environment: ApiEnvironment,
  ) {}

  @Get('api/v1/connections/authorize/:state')
  async authorize(
    @Param('state') state: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await sendPage(reply, async () => {
      if (!isState(state)) return unknownPage();
      const name = cookieName(state, this.isSecure);
      const known = readSecret(request.headers.cookie, name);
      if (known !== null && isAgreement(requestFields(request).query['agree'], known)) {
        return leadOn(await this.consent.authorize(state, bindingOf(known)));
      }
      const found = await this.consent.authorize(state, null);
      if (found.outcome === 'unknown') return unknownPage();
      const secret = known ?? createSecret();
      void reply.header('set-cookie', setCookie(name, secret, this.isSecure));
      return agreePage(found.service, found.username, `?agree=${agreementOf(secret)}`);
    });
  }

  @Get(accountPaths('api/v1/imports/service/:service/oauth_callback'))
  @UseGuards(OptionalAuthenticationGuard)
  @NeedsScope('write')
  async complete(
    @Param('service') service: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await sendPage(reply, async () => {
      const { state, code, error } = requestFields(request).query;
      if (!isStorageService(service) || !isState(state)) return unknownPage();
      const name = cookieName(state, this.isSecure);
      const secret = readSecret(request.headers.cookie, name);
      const accountId = request.account?.id ?? null;
      // A key says enough; of a browser without one, its cookie.
      const binding = accountId === null && secret !== null ? bindingOf(secret) : null;
      if (accountId === null && binding === null) return unknownPage();
      const given = typeof code === 'string' && code !== '' && code.length <= codeCharactersMax ? code : null;
      const isDeclined = error !== undefined || given === null;
      const answer = { service, state, binding, accountId, code: isDeclined ? null : given };
      const completed = await this.consent.complete(answer);
      if (secret !== null) void reply.header('set-cookie', clearCookie(name, this.isSecure));
      return pageOf(service, completed);
    });
  }

  private get isSecure(): boolean {
    return this.environment.PUBLIC_URL?.startsWith('https:') ?? false;
  }
}

function leadOn(authorized: AuthorizeConnectionV1Reply): ConsentPage | URL {
  if (authorized.outcome === 'unknown' || authorized.authorizeUrl === null) return unknownPage();
  return new URL(authorized.authorizeUrl);
}

function pageOf(service: StorageService, completed: CompleteConnectionV1Reply): ConsentPage {
  switch (completed.outcome) {
    case 'connected':
      return connectedPage(service, completed.username, completed.accountName);
    case 'declined':
      return declinedPage(service);
    case 'failed':
      return failedPage(service, completed.failure);
    case 'unknown':
      return unknownPage();
  }
}

/** Answers with a page, or leads on; refusals are pages too, as it is people who read them. */
async function sendPage(reply: FastifyReply, make: () => Promise<ConsentPage | URL>): Promise<void> {
  const made = await make().catch((error: unknown) => {
    if (!(error instanceof Refusal)) throw error;
    void reply.headers(error.headers);
    return troublePage(error.statusCode, error.message);
  });
  void reply.headers(pageHeaders);
  if (made instanceof URL) await reply.status(303).header('location', made.href).send('');
  else await reply.status(made.status).send(renderPage(made));
}
