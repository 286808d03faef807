import { Controller, Inject } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import {
  keepCredentialsV1Pattern,
  type KeepCredentialsV1Reply,
  keepCredentialsV1RequestSchema,
} from '@tidetable/contracts';
import type { FetcherEnv } from '../fetcher.env.js';
import { credentials, environment } from '../fetcher.tokens.js';
import type { CredentialStore } from './credential-store.js';
import { keepCredentials } from './keep-credentials.js';

/** Takes what the requests for a URL carry beside it from the api. One fetcher of all answers; no answer holds it. */
@Controller()
export class CredentialsController {
  constructor(
    @Inject(credentials) private readonly store: CredentialStore | null,
    @Inject(environment) private readonly env: FetcherEnv,
  ) {}

  @MessagePattern(keepCredentialsV1Pattern)
  async keep(@Payload() question: unknown): Promise<KeepCredentialsV1Reply> {
    const request = keepCredentialsV1RequestSchema.parse(question);
    return keepCredentials(request, this.store, { isHttpAllowed: this.env.CREDENTIALS_OVER_HTTP });
  }
}
