import { SyncError } from '@tidetable/contracts';

/**
 * The error message of a service that calls it a success (HTTP 200), told by the form that the service documents: ArcGIS
 * and Google's APIs, Socrata, CKAN, OGC services, S3. `null` for everything else.
 */
export function recogniseServiceError(text: string): SyncError | null {
  if (text.startsWith('{')) return recogniseJson(text);
  return text.startsWith('<') ? recogniseXml(text) : null;
}

/** The failure that a code in the body stands for, where services write what HTTP has a status for. */
function serviceError(code: number): SyncError {
  const detail = `error ${code}`;
  // 498 and 499 are ArcGIS: a token that is not valid, and one that is missing.
  if ([401, 403, 498, 499].includes(code)) return new SyncError('source-forbidden', detail);
  if (code === 404 || code === 410) return new SyncError('source-not-found', detail);
  if (code === 429) return new SyncError('source-rate-limited', detail);
  if (code >= 500 && code <= 599) return new SyncError('source-server-error', detail);
  return new SyncError('source-service-error', detail);
}

function recogniseJson(text: string): SyncError | null {
  if (/^\{\s*"error"\s*:\s*\{/.test(text)) {
    const code = /"code"\s*:\s*(\d{1,6})\b/.exec(text)?.[1];
    return code === undefined ? new SyncError('source-service-error') : serviceError(Number(code));
  }
  const isSocrata = /^\{\s*("(code|message)"\s*:\s*"[^"]*"\s*,\s*)*"error"\s*:\s*true\b/.test(text);
  const isCkan = /^\{[^[]{0,300}"success"\s*:\s*false\b/.test(text);
  const isGraph = /^\{\s*"error"\s*:\s*"[a-z_]+"\s*,\s*"error_description"/.test(text);
  return isSocrata || isCkan || isGraph ? new SyncError('source-service-error') : null;
}

function recogniseXml(text: string): SyncError | null {
  const root = /^(?:<\?[^>]*>\s*|<!--.*?-->\s*|<!DOCTYPE[^>]*>\s*)*<(?:\w+:)?(\w+)/s.exec(text)?.[1];
  switch (root) {
    case 'ExceptionReport':
    case 'ServiceExceptionReport':
      return withCode(/(?:exceptionCode|code)="([A-Za-z]{1,60})"/.exec(text)?.[1]);
    case 'Error':
      return withCode(/<Code>([A-Za-z]{1,60})<\/Code>/.exec(text)?.[1]);
    default:
      return null;
  }
}

function withCode(code: string | undefined): SyncError {
  if (code === 'NoSuchKey' || code === 'NoSuchBucket') return new SyncError('source-not-found', code);
  return new SyncError(code === 'AccessDenied' ? 'source-forbidden' : 'source-service-error', code);
}
