import type { SyncErrorCode } from '@tidetable/contracts';

/** A failure of the connection or of the protocol, told from the code of Node's error. */
export interface NetworkFailure {
  readonly code: SyncErrorCode;
  readonly detail?: string;
}

/** What is running out is ours: handles, memory, ports. The source can't be blamed for that. */
const ourCodes = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS', 'EACCES', 'EPERM']);

/** Names of OpenSSL's verdicts on a certificate that begin like no family below. */
const certificateCodes = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'ERROR_IN_CERT_NOT_BEFORE_FIELD',
  'ERROR_IN_CERT_NOT_AFTER_FIELD',
]);

/**
 * What a request that got no answer means. `null` when the cause is ours or unknown, so that it is tried again
 * and not laid to the source.
 */
export function classifyNetworkFailure(code: string): NetworkFailure | null {
  if (ourCodes.has(code)) return null;
  if (certificateCodes.has(code) || /^(CERT|CRL|UNABLE_TO|ERR_TLS|ERR_SSL)_|^EPROTO$/.test(code)) {
    return { code: 'source-tls-invalid', detail: code };
  }
  if (code.startsWith('HPE_')) return { code: 'source-http-error', detail: 'the answer is not valid HTTP' };
  if (code === 'ETIMEDOUT') return { code: 'source-timeout', detail: 'the connection timed out' };
  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) return { code: 'source-host-unknown' };
  return /^E[A-Z]+$/.test(code) ? { code: 'source-unreachable', detail: code } : null;
}

/** The code of an error, or of the errors it was made from; empty when there is none. */
export function networkCodeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  if ('code' in error && typeof error.code === 'string' && !error.code.startsWith('ERR_BAD_'))
    return error.code;
  return networkCodeOf(inner);
}
