/** A version of a file, as a service tells it. */
interface Revision {
  /** Another one for each upload. */
  readonly id: string | undefined;
  /** Of the content alone. */
  readonly hash: string | undefined;
}

/** A version as it is remembered; `null` when the service says nothing that tells versions apart. */
export function revisionOf({ id = '', hash = '' }: Revision): string | null {
  return id === '' && hash === '' ? null : `${id}:${hash.toLowerCase()}`;
}

/**
 * Whether two versions hold the same bytes. Hashes have the last word where both are known: the same bytes uploaded
 * again are another version of the same content.
 */
export function isSameRevision(one: string, other: string): boolean {
  const [oneId, oneHash] = partsOf(one);
  const [otherId, otherHash] = partsOf(other);
  if (oneHash !== '' && otherHash !== '') return oneHash === otherHash;
  return oneId !== '' && oneId === otherId;
}

function partsOf(revision: string): [id: string, hash: string] {
  const at = revision.lastIndexOf(':');
  return at === -1 ? [revision, ''] : [revision.slice(0, at), revision.slice(at + 1)];
}
