import { SyncError } from '@tidetable/contracts';
import { entriesMax } from './unpack-limits.js';

/** What kind of entry an archive says it has. */
export type EntryKind = 'file' | 'directory' | 'link' | 'device';

/**
 * Decides about each entry of an archive, in their order: whether its content may be of use. Folders, hidden files, what
 * macOS adds, and files that tell of others are not.
 *
 * Nothing is ever written under an entry's name; but an archive with names that lead out of it, with links or devices
 * was not made to carry a table.
 *
 * @throws SyncError `archive-unsafe` or `archive-too-large`
 */
export function admitEntry(count: number, entryName: string, kind: EntryKind): boolean {
  if (count > entriesMax)
    throw new SyncError('archive-too-large', `at most ${entriesMax} entries are allowed`);
  const name = entryName.replaceAll('\\', '/');
  if (kind === 'link' || kind === 'device') {
    throw new SyncError('archive-unsafe', `${tell(name)} is a ${kind}`);
  }
  if (/^\/|^[a-z]:/i.test(name) || name.split('/').includes('..') || name.includes('\0')) {
    throw new SyncError('archive-unsafe', `${tell(name)} would lie outside of it`);
  }
  return kind === 'file' && !name.endsWith('/') && !isIgnored(name);
}

function isIgnored(name: string): boolean {
  const segments = name.split('/').filter((segment) => segment !== '' && segment !== '.');
  const file = segments.at(-1) ?? '';
  return (
    segments.some((segment) => segment.startsWith('.') || segment === '__MACOSX') ||
    /readme[^.]*(\.(txt|md|rst))?$|\.version\.txt$/i.test(file)
  );
}

const nameCharactersMax = 60;

/** A member's name for a sentence: without control characters, and short. */
export function tell(name: string): string {
  const characters = Array.from(name.slice(0, 2 * nameCharactersMax + 2).replace(/\p{C}/gu, '?'));
  return characters.length <= nameCharactersMax
    ? characters.join('')
    : `${characters.slice(0, nameCharactersMax - 1).join('')}…`;
}
