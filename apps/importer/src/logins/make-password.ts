import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

/** As PostgreSQL itself does; against guessing a password of 192 random bits no number matters. */
const iterations = 4_096;

/** A password that nobody can guess, of characters that need no escaping in a URI. */
export function makePassword(): string {
  return randomBytes(24).toString('base64url');
}

/**
 * What PostgreSQL keeps of a password (RFC 5803), made here so that no statement, and with it no log of the server, ever
 * holds the password itself.
 */
export function scramVerifier(password: string, salt = randomBytes(16)): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const hmac = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest();
  const [saltText, stored, server] = [salt, storedKey, hmac('Server Key')].map((bytes) =>
    bytes.toString('base64'),
  );
  return `SCRAM-SHA-256$${iterations}:${saltText}$${stored}:${server}`;
}
