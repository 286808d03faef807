import { type StorageService, SyncError } from '@tidetable/contracts';
import {
  openAnswer,
  type OpenedAnswer,
  type ServiceAccess,
  type ServiceCallOptions,
  toldWaitMs,
  type Verdict,
} from '../../providers/ask-service.js';
import type { ProviderAnswer } from '../../providers/call-provider.js';
import { isKnownHost } from '../../providers/is-known-host.js';
import { serviceTitles } from '../../providers/oauth-provider.js';

const redirectStatuses = [301, 302, 303, 307, 308];
const redirectsMax = 5;

/** Where a service may send us for contents. */
export interface DownloadHosts {
  readonly service: StorageService;
  readonly contentHosts: readonly string[];
  /** The service's API; nothing that is less safe than it is followed. */
  readonly apiUrl: string;
}

/** Whether an answer sends us on. */
function isRedirect({ status }: Pick<ProviderAnswer, 'status'>): boolean {
  return redirectStatuses.includes(status);
}

/** The statuses of answers that send us on. */
export const sentOn: readonly number[] = redirectStatuses;

/**
 * Follows an answer that sends us on to a content, to known hosts only. Their addresses carry the permission: the token
 * stays behind.
 *
 * @throws SyncError when it leads elsewhere, or the other host does not give the content
 */
export async function followDownload(
  first: OpenedAnswer,
  from: string,
  headers: Readonly<Record<string, string>>,
  hosts: DownloadHosts,
  {
    accountId,
    options,
    signal,
  }: Pick<ServiceAccess, 'accountId'> & { options: ServiceCallOptions; signal: AbortSignal },
): Promise<OpenedAnswer> {
  let answer = first;
  let address = new URL(from);
  for (let followed = 0; isRedirect(answer); followed += 1) {
    answer.body.destroy();
    if (followed === redirectsMax)
      throw new SyncError('source-redirects-too-many', serviceTitles[hosts.service]);
    address = knownAddress(answer.headers['location'], address, hosts);
    const question = {
      service: hosts.service,
      request: { method: 'GET' as const, url: address.href, headers },
      access: { accountId, accessToken: null },
      judge: (refused: ProviderAnswer): Verdict => judgeDownload(hosts.service, refused),
      goodStatuses: [206, 416, ...redirectStatuses],
    };
    answer = await openAnswer(question, options, signal);
  }
  return answer;
}

/** An address of a known host, no less safe than the API's. @throws SyncError */
export function knownAddress(
  location: string | undefined,
  base: URL | undefined,
  { service, contentHosts, apiUrl }: DownloadHosts,
): URL {
  const target =
    location !== undefined && URL.canParse(location, base?.href) ? new URL(location, base) : null;
  const isSafe = target?.protocol === 'https:' || target?.protocol === new URL(apiUrl).protocol;
  if (target !== null && isSafe && isKnownHost(target, contentHosts)) return target;
  throw new SyncError(
    'source-http-error',
    `${serviceTitles[service]} sends us on to a host that is not known`,
  );
}

function judgeDownload(service: StorageService, answer: ProviderAnswer): Verdict {
  const { status } = answer;
  if (status === 429 || status >= 500) {
    return { meaning: 'wait', waitMs: toldWaitMs(answer), isLimit: status === 429 };
  }
  // Addresses of this kind are good for minutes only: the next run gets another one.
  const detail = `the download host of ${serviceTitles[service]} answered with status ${status}`;
  return { meaning: 'failed', error: new SyncError('source-server-error', detail) };
}
