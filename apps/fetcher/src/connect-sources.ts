import type { ResolveName } from './addresses/resolve-host.js';
import type { AccessTokens } from './connections/access-tokens.js';
import type { TakeCredentials } from './credentials/take-credentials.js';
import type { FetcherEnv } from './fetcher.env.js';
import type { HostLimits } from './politeness/host-limits.js';
import type { SourceConnectors } from './sources/fetch-source.js';
import type { AllServiceFiles } from './sources/services/service-files.js';
import { createServiceSource } from './sources/services/service-source.js';
import { createUrlSource } from './sources/url-source.js';

/** The connectors of all kinds of sources, as the operator wants them to be. */
export function connectSources(
  env: FetcherEnv,
  resolveName: ResolveName,
  hostLimits: HostLimits,
  tokens: AccessTokens | null,
  files: AllServiceFiles,
  takeCredentials: TakeCredentials,
): SourceConnectors {
  const limits = { fileBytesMax: env.FILE_BYTES_MAX, idleTimeoutMs: env.IDLE_TIMEOUT_MS };
  return {
    url: createUrlSource(
      {
        ...limits,
        resolveName,
        addressRules: { allowed: env.SOURCE_ALLOWED_CIDRS, refused: env.SOURCE_REFUSED_CIDRS },
        isPortAllowed: env.SOURCE_ALLOWED_PORTS,
        hostLimits,
        userAgent: env.SOURCE_USER_AGENT,
        redirectsMax: env.SOURCE_REDIRECTS_MAX,
        connectTimeoutMs: env.CONNECT_TIMEOUT_MS,
      },
      takeCredentials,
    ),
    service: createServiceSource(tokens, files, limits),
  };
}
