import { type Source, type SourceVersion, SyncError } from '@tidetable/contracts';
import type { AccessTokens } from '../../connections/access-tokens.js';
import type { BodyDigest } from '../../download/body-digest.js';
import { type ContentLimits, fileTooLarge, readContent } from '../../download/read-content.js';
import {
  type BodyLimits,
  type Reopen,
  resumableBody,
  SourceChangedError,
} from '../../download/resumable-body.js';
import type { OpenedAnswer } from '../../providers/ask-service.js';
import type { OpenedSource, SourceConnector, UnchangedSource } from '../source-connector.js';
import { proofDigest } from './content-proof.js';
import { restOfItem } from './rest-of-item.js';
import { isSameRevision } from './revision.js';
import type { AllServiceFiles, ServiceItem } from './service-files.js';
import { workbookIdentity } from './workbook-identity.js';

type ServiceSource = Extract<Source, { kind: 'service' }>;

export interface ServiceSourceOptions extends ContentLimits, BodyLimits {}

/**
 * A file in a storage service, by the account's connection to it. The service says by its metadata whether there is
 * another version; its bytes are fetched only then, and proven by the hash that the service knows of them.
 */
export function createServiceSource(
  tokens: AccessTokens | null,
  files: AllServiceFiles,
  defaults: ServiceSourceOptions,
): SourceConnector<ServiceSource> {
  return {
    open: async (source, previous, signal, fileBytesMax = defaults.fileBytesMax) => {
      const options = { ...defaults, fileBytesMax };
      if (tokens === null) throw new SyncError('connection-not-configured');
      return openItem(source, previous, { tokens, files, options }, signal);
    },
  };
}

interface Ports {
  readonly tokens: AccessTokens;
  readonly files: AllServiceFiles;
  readonly options: ServiceSourceOptions;
}

async function openItem(
  source: ServiceSource,
  previous: SourceVersion | null,
  ports: Ports,
  signal: AbortSignal,
): Promise<OpenedSource | UnchangedSource> {
  const { service, accountId, itemId } = source;
  const item = await ports.tokens.with(
    accountId,
    service,
    (accessToken) =>
      ports.files[service].describe(itemId, previous?.etag ?? null, { accountId, accessToken }, signal),
    signal,
  );
  if (item === 'unchanged') return { isChanged: false, etag: null, lastModified: null, httpStatus: 304 };
  const known = previous?.revision ?? null;
  if (item.revision !== null && known !== null && isSameRevision(known, item.revision))
    return unchanged(item);
  if ((item.bytes ?? 0) > ports.options.fileBytesMax) throw fileTooLarge(ports.options.fileBytesMax);
  const open = openerOf(source, item, ports);
  return opened(item, await open(0, signal), open, ports.options, signal);
}

type OpenAt = (firstByte: number, signal: AbortSignal) => Promise<OpenedAnswer>;

/** How the item's content is opened: each time with a token that is good then, as long downloads outlive tokens. */
function openerOf(
  { service, accountId }: ServiceSource,
  item: ServiceItem,
  { tokens, files }: Ports,
): OpenAt {
  return async (firstByte, signal) => {
    const open = (accessToken: string): Promise<OpenedAnswer> =>
      files[service].open(item, firstByte, { accountId, accessToken }, signal);
    try {
      return await tokens.with(accountId, service, open, signal);
    } catch (error) {
      // It was there a moment ago: by now there is another version, or none, as its description will tell.
      if (!(error instanceof SyncError) || error.code !== 'item-not-found') throw error;
      throw new SourceChangedError('the version that was described is gone', { cause: error });
    }
  };
}

function opened(
  item: ServiceItem,
  { status, headers, body }: OpenedAnswer,
  open: OpenAt,
  options: ServiceSourceOptions,
  signal: AbortSignal,
): OpenedSource {
  const length = headers['content-length'] === undefined ? null : Number(headers['content-length']);
  if (item.bytes !== null && length !== null && item.bytes !== length) {
    body.destroy();
    throw new SourceChangedError('the content is not as long as it was described');
  }
  const workbook = item.proof === null ? workbookIdentity() : null;
  const digest: BodyDigest | null = item.proof === null ? workbook : proofDigest(item.proof);
  // Parts of a content that is not proven as a whole must not be joined.
  const reopen: Reopen | null =
    item.proof === null
      ? null
      : async (firstByte, stopped) => {
          const either = AbortSignal.any([signal, stopped]);
          return restOfItem(await open(firstByte, either), firstByte, item.bytes);
        };
  const { name: fileName, mediaType, etag, revision } = item;
  return {
    isChanged: true,
    content: readContent(
      resumableBody(body, item.bytes ?? length, reopen, options),
      [],
      digest,
      options,
      signal,
    ),
    ...{ fileName, mediaType, etag, lastModified: null, httpStatus: status },
    ...(revision === null ? {} : { revision }),
    ...(workbook === null || revision !== null ? {} : { revisionOfContent: () => workbook.identity() }),
  };
}

function unchanged({ etag, revision }: ServiceItem): UnchangedSource {
  return {
    isChanged: false,
    ...{ etag, lastModified: null, httpStatus: 200 },
    ...(revision === null ? {} : { revision }),
  };
}
