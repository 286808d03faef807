import { createHash } from 'node:crypto';
import { type Source, type SourceVersion, SyncError } from '@tidetable/contracts';
import type { AccessTokens } from '../../connections/access-tokens.js';
import type { BodyDigest } from '../../download/body-digest.js';
import { type ContentLimits, fileTooLarge, readContent } from '../../download/read-content.js';
import { type BodyLimits, resumableBody } from '../../download/resumable-body.js';
import type { OpenedSource, SourceConnector, UnchangedSource } from '../source-connector.js';
import type { AllServiceFiles, ContentProof, ServiceItem } from './service-files.js';

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
      const { accountId, service } = source;
      return tokens.with(
        accountId,
        service,
        (accessToken) => openItem(source, previous, accessToken, files, options, signal),
        signal,
      );
    },
  };
}

async function openItem(
  { service, itemId }: ServiceSource,
  previous: SourceVersion | null,
  accessToken: string,
  files: AllServiceFiles,
  options: ServiceSourceOptions,
  signal: AbortSignal,
): Promise<OpenedSource | UnchangedSource> {
  const item = await files[service].describe(itemId, previous?.etag ?? null, accessToken, signal);
  if (item === 'unchanged') return { isChanged: false, etag: null, lastModified: null, httpStatus: 304 };
  if (item.revision !== null && item.revision === previous?.revision) return unchanged(item);
  if ((item.bytes ?? 0) > options.fileBytesMax) throw fileTooLarge(options.fileBytesMax);
  const { status, headers, body } = await files[service].open(item, accessToken, signal);
  const length = headers['content-length'];
  const totalBytes = item.bytes ?? (length === undefined ? null : Number(length));
  return {
    isChanged: true,
    content: readContent(
      resumableBody(body, totalBytes, null, options),
      [],
      proofDigest(item.proof),
      options,
      signal,
    ),
    fileName: item.name,
    mediaType: item.mediaType,
    etag: item.etag,
    lastModified: null,
    ...(item.revision === null ? {} : { revision: item.revision }),
    httpStatus: status,
  };
}

function unchanged({ etag, revision }: ServiceItem): UnchangedSource {
  return {
    isChanged: false,
    ...{ etag, lastModified: null },
    ...(revision === null ? {} : { revision }),
    httpStatus: 200,
  };
}

const titles = { sha256: 'SHA-256', sha1: 'SHA-1', md5: 'MD5', dropbox: "Dropbox's content_hash" };
/** Dropbox hashes the hashes of blocks of this length, in bytes. */
const dropboxBlockBytes = 4 * 1024 * 1024;

function proofDigest(proof: ContentProof | null): BodyDigest | null {
  if (proof === null) return null;
  const { algorithm, digest } = proof;
  const hash = algorithm === 'dropbox' ? dropboxHash() : createHash(algorithm);
  return {
    algorithm: titles[algorithm],
    update: (piece) => void hash.update(piece),
    isRight: () => hash.digest('hex') === digest,
  };
}

/** The hash that Dropbox has of a content: of the hashes of its blocks, each of four megabytes but the last. */
function dropboxHash(): { update(piece: Buffer): void; digest(encoding: 'hex'): string } {
  const whole = createHash('sha256');
  let block = createHash('sha256');
  let blockBytes = 0;
  return {
    update: (piece) => {
      for (let start = 0; start < piece.length;) {
        const part = piece.subarray(start, start + dropboxBlockBytes - blockBytes);
        block.update(part);
        blockBytes += part.length;
        start += part.length;
        if (blockBytes < dropboxBlockBytes) continue;
        whole.update(block.digest());
        block = createHash('sha256');
        blockBytes = 0;
      }
    },
    digest: (encoding) => {
      if (blockBytes > 0) whole.update(block.digest());
      return whole.digest(encoding);
    },
  };
}
