import { QueryFailedError } from 'typeorm';

const undefinedTable = '42P01';
const refusedLogin = /^28/;

/** Why the metadata database did not do what it was asked, by code, as a sentence; no address or value is repeated. */
export function explainDatabaseError(error: unknown): string {
  const code = codeOf(error);
  if (code === undefinedTable) return 'The metadata database has no schema yet. Run the migrations first.';
  if (refusedLogin.test(code)) return 'The metadata database refused the login in METADATA_DATABASE_URL.';
  if (code === '3D000') return 'The database named in METADATA_DATABASE_URL does not exist.';
  if (error instanceof QueryFailedError) return `The metadata database refused the change (${code}).`;
  return `The metadata database cannot be reached at METADATA_DATABASE_URL${code === '' ? '' : ` (${code})`}.`;
}

function codeOf(error: unknown): string {
  const source = error instanceof QueryFailedError ? (error.driverError as { code?: unknown }) : error;
  const code = (source as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}
