import { createHash } from 'node:crypto';

/** A checksum that the source announced, and ours of what arrives. */
export interface BodyDigest {
  /** As customers read it, e.g. `SHA-256`. */
  readonly algorithm: string;
  update(piece: Buffer): void;
  /** Whether the bytes so far are all of those announced. */
  isRight(): boolean;
}

/** Strongest first: one is checked, not all. The name that headers have, ours, and Node's; and how long a digest is. */
const algorithms = [
  ['sha-512', 'SHA-512', 'sha512', 64],
  ['sha-256', 'SHA-256', 'sha256', 32],
  ['md5', 'MD5', 'md5', 16],
] as const;

/** The headers that announce a checksum of the whole body as it comes over the wire, content coding included. */
export interface DigestHeaders {
  /** RFC 9530, e.g. `sha-256=:…:`. */
  reprDigest?: string | undefined;
  /** RFC 3230, e.g. `SHA-256=…`. */
  digest?: string | undefined;
  /** RFC 1864. */
  contentMd5?: string | undefined;
}

/** The strongest checksum that was announced in a form that is understood; `null` when there is none. */
export function announcedDigest({
  reprDigest = '',
  digest = '',
  contentMd5,
}: DigestHeaders): BodyDigest | null {
  const announced = new Map<string, string>();
  if (contentMd5 !== undefined) announced.set('md5', contentMd5.trim());
  for (const [, name = '', value = ''] of digest.matchAll(/([A-Za-z0-9-]+)=([A-Za-z0-9+/]+=*)/g))
    announced.set(name.toLowerCase(), value);
  for (const [, name = '', value = ''] of reprDigest.matchAll(/([a-z0-9-]+)=:([A-Za-z0-9+/]+=*):/g))
    announced.set(name, value);
  for (const [header, algorithm, node, bytes] of algorithms) {
    const expected = Buffer.from(announced.get(header) ?? '', 'base64');
    if (expected.length !== bytes) continue;
    const hash = createHash(node);
    return {
      algorithm,
      update: (piece) => void hash.update(piece),
      isRight: () => hash.copy().digest().equals(expected),
    };
  }
  return null;
}
