import type { ListServiceFilesV1Request, StorageService } from '@tidetable/contracts';
import type { ProviderAccount } from '../../connections/connection-store.js';
import type { ListedFiles } from '../../connections/connections.js';
import type { OpenedAnswer, ServiceAccess } from '../../providers/ask-service.js';
import type { ContentProof } from './content-proof.js';

/** A version of a file at a service. */
export interface ServiceItem {
  /** Where its content is; not the customer's id when that was a shortcut. */
  readonly id: string;
  readonly name: string;
  readonly mediaType: string | null;
  /** `null` when the service does not know it beforehand. */
  readonly bytes: number | null;
  /** See `revisionOf`; `null` where only the bytes tell. */
  readonly revision: string | null;
  /** To be echoed with the next question, of services that answer it more cheaply then. */
  readonly etag: string | null;
  /** What the bytes are proven by; without it parts of them are never joined. */
  readonly proof: ContentProof | null;
  /** Where a content comes from that has no address of its own at the service's API. */
  readonly link?: URL;
}

/**
 * The files of one service. Everything may throw AccessTokenRefusedError, and a SyncError that says what is wrong with
 * the file, the connection or the service.
 */
export interface ServiceFiles {
  /** The newest version; `unchanged` when the service says that it still is the one with this `etag`. */
  describe(
    itemId: string,
    etag: string | null,
    access: ServiceAccess,
    signal: AbortSignal,
  ): Promise<ServiceItem | 'unchanged'>;
  /**
   * The content of exactly this version where the service can tell versions apart, from this byte on: 206 then, or 200
   * with all of it, or 416.
   */
  open(
    item: ServiceItem,
    firstByte: number,
    access: ServiceAccess,
    signal: AbortSignal,
  ): Promise<OpenedAnswer>;
  list(request: ListServiceFilesV1Request, accessToken: string, signal: AbortSignal): Promise<ListedFiles>;
  describeAccount(accessToken: string, signal: AbortSignal): Promise<ProviderAccount>;
}

/** Asks a service's API for an object, by the part of the path after its version. */
export type AskObject = (
  path: string,
  access: ServiceAccess,
  signal: AbortSignal,
  headers?: Readonly<Record<string, string>>,
) => Promise<Record<string, unknown>>;

/** The files of every storage service. */
export type AllServiceFiles = Readonly<Record<StorageService, ServiceFiles>>;

/** The header that asks for the rest of a content; none for all of it. */
export function rangeFrom(firstByte: number): Record<string, string> {
  return firstByte === 0 ? {} : { Range: `bytes=${firstByte}-` };
}

/** The statuses that answer a question for a content, or for a part of it. */
export function contentStatuses(firstByte: number): readonly number[] {
  return firstByte === 0 ? [] : [206, 416];
}
