import { Inject, Injectable } from '@nestjs/common';
import type { KeepCredentialsV1Reply } from '@tidetable/contracts';
import { type FetcherClient, FetcherSilentError } from '@tidetable/scheduler-client';
import { fetchers } from '../connections/connections.service.js';
import { badRequest, fetchersAway, Refusal } from '../http/refusal.js';
import type { CredentialFields } from './credential-fields.js';

/** What the api itself may know of credentials. */
export interface KnownCredentials {
  readonly headerNames: string[];
  readonly hasBasicAuth: boolean;
}

/** Hands what the requests for a URL carry to the fetchers, who alone keep it. */
@Injectable()
export class CredentialsService {
  constructor(@Inject(fetchers) private readonly fetcherClient: FetcherClient | null) {}

  /**
   * Has them kept, for the origin of this URL; `null` when nothing was said about them.
   * @throws Refusal 400, 501 or 503
   */
  async keep(
    synchronization: { id: string; accountId: string; url: string },
    { headers, basic_auth: basicAuth }: CredentialFields,
  ): Promise<KnownCredentials | null> {
    if (headers === undefined && basicAuth === undefined) return null;
    const reply = await this.ask({
      synchronizationId: synchronization.id,
      accountId: synchronization.accountId,
      origin: new URL(synchronization.url).origin,
      ...(headers === undefined ? {} : { headers }),
      ...(basicAuth === undefined ? {} : { basicAuth }),
    });
    switch (reply.outcome) {
      case 'kept':
        return { headerNames: reply.headerNames, hasBasicAuth: reply.hasBasicAuth };
      case 'two-authorizations':
        throw badRequest('Invalid basic_auth: must be left out while the headers name Authorization.');
      case 'over-http':
        throw badRequest(
          'Invalid url: must be an https address, as this installation sends no headers and no basic_auth without encryption.',
        );
      case 'not-configured':
        throw new Refusal(
          501,
          'This installation has no database to keep headers and basic_auth in: ask its operator.',
          { error: 'credentials-not-configured' },
        );
    }
  }

  private async ask(
    request: Parameters<FetcherClient['keepCredentials']>[0],
  ): Promise<KeepCredentialsV1Reply> {
    if (this.fetcherClient === null) throw fetchersAway();
    try {
      return await this.fetcherClient.keepCredentials(request);
    } catch (error) {
      if (error instanceof FetcherSilentError) throw fetchersAway();
      throw error;
    }
  }
}
