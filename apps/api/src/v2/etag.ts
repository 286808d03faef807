import { createHash } from 'node:crypto';

/** The strong entity tag of a representation, from the very text that is sent. */
export function etagOf(text: string): string {
  return `"${createHash('sha256').update(text, 'utf8').digest('base64url').slice(0, 27)}"`;
}

/** Whether `If-None-Match` names this version, so that 304 is the answer. Weak tags count, as RFC 9110 wants. */
export function isKnown(etag: string, ifNoneMatch: string | undefined): boolean {
  return (
    ifNoneMatch !== undefined &&
    tagsOf(ifNoneMatch).some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag)
  );
}

/** Whether `If-Match` lets a change through: there is none, or it names this version. Weak tags never do. */
export function matches(etag: string, ifMatch: string | undefined): boolean {
  return ifMatch === undefined || tagsOf(ifMatch).some((tag) => tag === '*' || tag === etag);
}

function tagsOf(header: string): string[] {
  return header.split(',').map((tag) => tag.trim());
}
