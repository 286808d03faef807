import type { ResponseScript } from '../../origin/response-script.js';
import { json, type ProviderRequest } from '../provider-request.js';
import { driveBadRequest } from './drive-errors.js';
import { selectFields } from './drive-fields.js';
import type { DriveStore } from './drive-store.js';
import { presentDriveFile } from './present-drive-file.js';

/** Tokens count what has happened so far, from here on. */
const firstToken = 1_000;

/** `changes.getStartPageToken`: from where later changes are listed. */
export function startOfDriveChanges(store: DriveStore): ResponseScript {
  const startPageToken = String(firstToken + store.events.length);
  return json({ kind: 'drive#startPageToken', startPageToken });
}

/** `changes.list`: what has happened since; each page says where to go on. */
export function listDriveChanges(
  { query }: ProviderRequest,
  store: DriveStore,
  exportUrl: string,
): ResponseScript {
  const from = Number(query.get('pageToken') ?? NaN) - firstToken;
  if (!Number.isInteger(from) || from < 0 || from > store.events.length) {
    throw driveBadRequest('Invalid Value for pageToken', 'invalid');
  }
  const size = Number(query.get('pageSize') ?? 100);
  const until = Math.min(from + size, store.events.length);
  const changes = store.events.slice(from, until).map(({ fileId, time }) => {
    const file = store.find(fileId);
    const shown = file === null ? {} : { file: presentDriveFile(file, store, exportUrl) };
    const about = { kind: 'drive#change', changeType: 'file', fileId, removed: file === null };
    return { ...about, time: time.toISOString(), ...shown };
  });
  const isLast = until === store.events.length;
  const next = { [isLast ? 'newStartPageToken' : 'nextPageToken']: String(firstToken + until) };
  const page = { kind: 'drive#changeList', ...next, changes };
  return json(selectFields(page, query.get('fields') ?? '*'));
}
