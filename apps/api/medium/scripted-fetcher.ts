import { ServerNats } from '@nestjs/microservices';
import {
  authorizeConnectionV1Pattern,
  type AuthorizeConnectionV1Reply,
  authorizeConnectionV1RequestSchema,
  beginConnectionV1Pattern,
  beginConnectionV1RequestSchema,
  checkConnectionV1Pattern,
  checkConnectionV1RequestSchema,
  completeConnectionV1Pattern,
  type CompleteConnectionV1Reply,
  completeConnectionV1RequestSchema,
  type ConnectionState,
  listConnectionsV1Pattern,
  listConnectionsV1RequestSchema,
  listServiceFilesV1Pattern,
  type ListServiceFilesV1Reply,
  listServiceFilesV1RequestSchema,
  revokeConnectionV1Pattern,
  revokeConnectionV1RequestSchema,
  type StorageService,
  storageServices,
} from '@tidetable/contracts';
import type { z } from 'zod';

/** What a fetcher says of connections, as a test decides. */
export interface ScriptedFetcher {
  readonly states: Record<StorageService, ConnectionState>;
  /** What a check finds out, where it differs from what was known. */
  readonly found: Partial<Record<StorageService, ConnectionState>>;
  authorize: AuthorizeConnectionV1Reply;
  complete: CompleteConnectionV1Reply;
  /** One answer for each page. */
  files: ListServiceFilesV1Reply[];
  /** Whether a service could be told that its connection ended. */
  serviceTold: boolean;
  /** Every question since it was forgotten last, under the last word of its name, in order. */
  asked: { what: string; question: unknown }[];
  stop(): Promise<void>;
}

/** The state of every authorization that it begins. */
export const begunState = 'begun'.padEnd(43, '-');

/** Answers the api's questions in place of a fetcher, and takes only what a fetcher would. */
export async function startScriptedFetcher(natsUrl: string): Promise<ScriptedFetcher> {
  const server = new ServerNats({ servers: [natsUrl] });
  const fetcher: ScriptedFetcher = {
    states: { gdrive: 'connected', dropbox: 'none', box: 'not-configured' },
    found: {},
    authorize: { outcome: 'unknown' },
    complete: { outcome: 'unknown' },
    files: [],
    serviceTold: true,
    asked: [],
    stop: async () => void (await server.close()),
  };
  const answer = <S extends z.ZodType>(
    pattern: string,
    schema: S,
    reply: (question: z.infer<S>) => object,
  ): void =>
    server.addHandler(pattern, async (sent: unknown) => {
      const question = schema.parse(sent);
      fetcher.asked.push({ what: pattern.split('.')[2] ?? '', question });
      return reply(question);
    });
  const { states, found } = fetcher;

  answer(listConnectionsV1Pattern, listConnectionsV1RequestSchema, () => ({
    connections: storageServices.map((service) => {
      const isThere = states[service] === 'connected' || states[service] === 'needs-reconnecting';
      const accountName = isThere ? 'ana@example.org' : null;
      return {
        service,
        state: states[service],
        accountName,
        connectedAt: isThere ? '2026-11-01T10:00:00.123Z' : null,
        ...(service === 'box' ? {} : { push: service === 'gdrive' ? 'on' : 'no-public-url' }),
      };
    }),
  }));
  answer(beginConnectionV1Pattern, beginConnectionV1RequestSchema, ({ service }) =>
    states[service] === 'not-configured'
      ? { outcome: 'not-configured' }
      : { outcome: 'begun', state: begunState },
  );
  answer(authorizeConnectionV1Pattern, authorizeConnectionV1RequestSchema, ({ binding }) =>
    fetcher.authorize.outcome === 'known' && binding === null
      ? { ...fetcher.authorize, authorizeUrl: null }
      : fetcher.authorize,
  );
  answer(completeConnectionV1Pattern, completeConnectionV1RequestSchema, () => fetcher.complete);
  answer(checkConnectionV1Pattern, checkConnectionV1RequestSchema, ({ service }) => ({
    state: (states[service] = found[service] ?? states[service]),
  }));
  answer(
    listServiceFilesV1Pattern,
    listServiceFilesV1RequestSchema,
    ({ page }) => fetcher.files[Number(page ?? 0)] ?? { outcome: 'listed', files: [], nextPage: null },
  );
  answer(revokeConnectionV1Pattern, revokeConnectionV1RequestSchema, ({ service }) => {
    const wasThere = states[service] === 'connected' || states[service] === 'needs-reconnecting';
    if (wasThere) states[service] = 'none';
    return { wasThere, serviceTold: wasThere && fetcher.serviceTold };
  });
  await new Promise<void>((resolve) => void server.listen(() => resolve()));
  return fetcher;
}
