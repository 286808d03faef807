import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const keyBytes = 32;
/** NIST SP 800-38D: 96 bits, here random; a key may seal 2^32 secrets before it must be exchanged. */
const nonceBytes = 12;
const tagBytes = 16;
const cipher = 'aes-256-gcm';

/** The keys that secrets are sealed with: the first seals, all of them open. */
export interface Keyring {
  readonly current: string;
  readonly keys: ReadonlyMap<string, Buffer>;
}

/**
 * Reads `id:base64,id:base64`. A new key is put in front; the old one stays until nothing names it any more.
 *
 * @throws when there is no key, an id occurs twice or is no word, or a key is not 32 bytes long. Names no key.
 */
export function parseKeyring(text: string): Keyring {
  const keys = new Map<string, Buffer>();
  for (const part of text.split(',').map((entry) => entry.trim())) {
    const match = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/]+={0,2})$/.exec(part);
    if (match === null) throw new Error('not a list of id:base64');
    const [, id = '', encoded = ''] = match;
    const key = Buffer.from(encoded, 'base64');
    if (key.length !== keyBytes) throw new Error(`key ${id} is not ${keyBytes} bytes long`);
    if (keys.has(id)) throw new Error(`key ${id} is there twice`);
    keys.set(id, key);
  }
  return { current: [...keys.keys()][0]!, keys };
}

/**
 * Seals a secret with the current key (AES-256-GCM). It opens again only in the same `place`, which says whose column of
 * which row it is: moved to another row it is worthless.
 */
export function sealSecret({ current, keys }: Keyring, secret: string, place: string): string {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, keys.get(current)!, nonce, { authTagLength: tagBytes });
  sealing.setAAD(Buffer.from(`${place}|${current}`));
  const sealed = Buffer.concat([sealing.update(secret, 'utf8'), sealing.final()]);
  return [
    'v1',
    current,
    ...[nonce, sealed, sealing.getAuthTag()].map((part) => part.toString('base64url')),
  ].join('.');
}

/** Opens what was sealed in this place. @throws when the key is gone, or the text was altered or moved */
export function openSecret({ keys }: Keyring, text: string, place: string): string {
  const [version, id = '', ...parts] = text.split('.');
  const [nonce, sealed, tag] = parts.map((part) => Buffer.from(part, 'base64url'));
  const key = keys.get(id);
  if (version !== 'v1' || nonce === undefined || sealed === undefined || tag === undefined) {
    throw new Error('a sealed secret can not be read');
  }
  if (key === undefined) throw new Error(`the key ${id} that a secret was sealed with is not configured`);
  const opening = createDecipheriv(cipher, key, nonce, { authTagLength: tagBytes });
  opening.setAAD(Buffer.from(`${place}|${id}`));
  opening.setAuthTag(tag);
  return Buffer.concat([opening.update(sealed), opening.final()]).toString('utf8');
}

/** Whether another key than the current one sealed it, so that it should be sealed anew. */
export function isSealedWithOldKey({ current }: Keyring, text: string): boolean {
  return text.split('.')[1] !== current;
}
