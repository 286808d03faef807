import type { SourceVersion } from '@tidetable/contracts';

type Validators = Pick<SourceVersion, 'etag' | 'lastModified'>;

/** What a header may hold; anything else was not received, and is not sent. */
const headerForm = /^[\x20-\x7e\x80-\xff]+$/;

/**
 * The headers that ask for a file only if it is no longer this version. Its validators are echoed exactly as they
 * were received: a server may understand no other spelling.
 */
export function conditionsFor(previous: Validators | null): Record<string, string> {
  const conditions: Record<string, string> = {};
  const { etag, lastModified } = previous ?? { etag: null, lastModified: null };
  if (etag !== null && headerForm.test(etag)) conditions['If-None-Match'] = etag;
  if (lastModified !== null && headerForm.test(lastModified)) conditions['If-Modified-Since'] = lastModified;
  return conditions;
}

/** Whether an answer that nothing has changed names another version than that which was asked about. */
export function contradicts(asked: Validators, answered: Validators): boolean {
  if (asked.etag !== null && answered.etag !== null) return !isSameTag(asked.etag, answered.etag);
  if (asked.lastModified === null || answered.lastModified === null) return false;
  return Date.parse(asked.lastModified) !== Date.parse(answered.lastModified);
}

/** Whether two tags stand for one version: weak or strong, and whatever a compressing server has appended. */
export function isSameTag(one: string, other: string): boolean {
  return opaque(one) === opaque(other);
}

function opaque(tag: string): string {
  return tag
    .trim()
    .replace(/^W\//i, '')
    .replace(/(-+(gzip|br|deflate|df|zstd))+"$/i, '"');
}
