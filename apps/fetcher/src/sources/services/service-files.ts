import type { ListServiceFilesV1Request, StorageService } from '@tidetable/contracts';
import type { ListedFiles } from '../../connections/connections.js';
import type { ProviderAccount } from '../../connections/connection-store.js';
import type { OpenedAnswer } from '../../providers/ask-service.js';

/** How the bytes of a version are proven to be those that the service speaks of. */
export interface ContentProof {
  readonly algorithm: 'sha256' | 'sha1' | 'md5' | 'dropbox';
  /** Lower-case hex. */
  readonly digest: string;
}

/** A version of a file at a service. */
export interface ServiceItem {
  /** Where its content is; not the customer's id when that was a shortcut. */
  readonly id: string;
  readonly name: string;
  readonly mediaType: string | null;
  /** `null` when the service does not know it beforehand. */
  readonly bytes: number | null;
  /** Another one for every other content; `null` where only the bytes tell. */
  readonly revision: string | null;
  /** To be echoed with the next question, of services that answer it more cheaply then. */
  readonly etag: string | null;
  readonly proof: ContentProof | null;
}

/**
 * The files of one service, for whoever has an access token. Everything may throw AccessTokenRefusedError, and a
 * SyncError that says what is wrong with the file, the connection or the service.
 */
export interface ServiceFiles {
  /** The newest version; `unchanged` when the service says that it still is the one with this `etag`. */
  describe(
    itemId: string,
    etag: string | null,
    accessToken: string,
    signal: AbortSignal,
  ): Promise<ServiceItem | 'unchanged'>;
  /** The content of exactly this version where the service can tell versions apart. */
  open(item: ServiceItem, accessToken: string, signal: AbortSignal): Promise<OpenedAnswer>;
  list(request: ListServiceFilesV1Request, accessToken: string, signal: AbortSignal): Promise<ListedFiles>;
  describeAccount(accessToken: string, signal: AbortSignal): Promise<ProviderAccount>;
}

/** The files of every storage service. */
export type AllServiceFiles = Readonly<Record<StorageService, ServiceFiles>>;
