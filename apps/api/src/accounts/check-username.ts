/** The form the metadata database insists on: a host label that is also an ordinary schema name. */
const form = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

const reserved = ['public', 'information_schema', 'postgres', 'topology', 'tiger'];
const reservedBeginnings = ['pg_', 'tidetable'];

/**
 * Why a name cannot be an account's, as a sentence, or `null` when it can.
 * The name becomes the account's schema in the destination database, so names that PostgreSQL, PostGIS and
 * Tidetable use there are kept free.
 */
export function refuseUsername(username: string): string | null {
  if (reserved.includes(username) || reservedBeginnings.some((beginning) => username.startsWith(beginning))) {
    return `The name ${username} is reserved, as it means something in the destination database. Choose another.`;
  }
  if (form.test(username)) return null;
  return 'A name consists of 1 to 63 lower-case letters, digits and hyphens; it begins with a letter and does not end with a hyphen.';
}
