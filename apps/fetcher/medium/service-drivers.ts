import type { StorageService } from '@tidetable/contracts';
import { type FakeProvider, startFakeBox, startFakeDrive, startFakeDropbox } from '@tidetable/test-harness';

/** The address that customers of the installation under test have. */
export const publicUrl = 'https://tables.example.org';

/** A fake provider, with the things that happen to files everywhere under the same names. */
export interface ServiceDriver {
  readonly service: StorageService;
  readonly fake: FakeProvider<string>;
  /** @returns the id of the new file */
  put(name: string, content: string | Uint8Array): string;
  overwrite(id: string, content: string | Uint8Array): void;
  /** Gives it another name and another folder. */
  move(id: string, name: string): void;
  trash(id: string): void;
  restore(id: string): void;
  /** From now on it may be seen, but not downloaded. */
  forbid(id: string): void;
  allow(id: string): void;
  remove(id: string): void;
  /** The answer to who asks too often, without a word of when to ask again. */
  readonly limited: { status: number; headers?: Record<string, string>; body: string };
}

async function driveDriver(): Promise<ServiceDriver> {
  const fake = await startFakeDrive(clientOf('gdrive'));
  const { files } = fake;
  const reason = {
    domain: 'usageLimits',
    reason: 'userRateLimitExceeded',
    message: 'User Rate Limit Exceeded',
  };
  return {
    ...{ service: 'gdrive', fake },
    put: (name, content) => files.put({ name, content, mimeType: typeOf(name) }),
    overwrite: (id, content) => files.change(id, { content }),
    move: (id, name) => files.change(id, { name, parents: ['elsewhere'] }),
    trash: (id) => files.change(id, { trashed: true }),
    restore: (id) => files.change(id, { trashed: false }),
    forbid: (id) => files.change(id, { canDownload: false }),
    allow: (id) => files.change(id, { canDownload: true }),
    remove: (id) => files.remove(id),
    limited: { status: 403, body: JSON.stringify({ error: { code: 403, errors: [reason] } }) },
  };
}

async function dropboxDriver(): Promise<ServiceDriver> {
  const fake = await startFakeDropbox(clientOf('dropbox'));
  const { files } = fake;
  return {
    ...{ service: 'dropbox', fake },
    put: (name, content) => files.put({ path: `/Data/${name}`, content }),
    overwrite: (id, content) => files.change(id, { content }),
    move: (id, name) => files.change(id, { path: `/Elsewhere/${name}` }),
    trash: (id) => files.change(id, { isDeleted: true }),
    restore: (id) => files.change(id, { isDeleted: false }),
    forbid: (id) => files.change(id, { refusal: 'restricted_content' }),
    allow: (id) => files.change(id, { refusal: null }),
    remove: (id) => files.remove(id),
    // One of its hosts answers in plain text.
    limited: { status: 429, body: 'too_many_requests' },
  };
}

async function boxDriver(): Promise<ServiceDriver> {
  const fake = await startFakeBox(clientOf('box'));
  const { files } = fake;
  return {
    ...{ service: 'box', fake },
    put: (name, content) => files.put({ name, content }),
    overwrite: (id, content) => files.change(id, { content }),
    move: (id, name) => files.change(id, { name, parentId: '77' }),
    trash: (id) => files.change(id, { isTrashed: true }),
    restore: (id) => files.change(id, { isTrashed: false }),
    forbid: (id) => files.change(id, { canDownload: false }),
    allow: (id) => files.change(id, { canDownload: true }),
    remove: (id) => files.remove(id),
    limited: { status: 429, body: JSON.stringify({ type: 'error', code: 'rate_limit_exceeded' }) },
  };
}

function clientOf(service: StorageService): { clientId: string; clientSecret: string; redirectUri: string } {
  const redirectUri = `${publicUrl}/api/v1/imports/service/${service}/oauth_callback`;
  return { clientId: `${service}-client`, clientSecret: `${service}/secret+`, redirectUri };
}

/** What Google makes of the names of files that are uploaded. */
function typeOf(name: string): string {
  const types = { csv: 'text/csv', kml: 'application/vnd.google-earth.kml+xml', pdf: 'application/pdf' };
  const extension = name.split('.').at(-1) ?? '';
  return types[extension as keyof typeof types] ?? 'application/octet-stream';
}

/** Every service there is. */
export async function allDrivers(): Promise<Record<StorageService, ServiceDriver>> {
  return { gdrive: await driveDriver(), dropbox: await dropboxDriver(), box: await boxDriver() };
}
