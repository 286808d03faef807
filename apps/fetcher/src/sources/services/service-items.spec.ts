import { describe, expect, it } from '@jest/globals';
import { SyncError } from '@tidetable/contracts';
import { boxItem } from './box-item.js';
import { driveItem } from './drive-item.js';
import { dropboxItem } from './dropbox-item.js';

const driveFile = { id: '1A', name: 'ports.csv', mimeType: 'text/csv', size: '8', headRevisionId: '0B1' };
const sheet = { id: '1S', name: 'Ports', mimeType: 'application/vnd.google-apps.spreadsheet', size: '1024' };
const dropboxFile = {
  '.tag': 'file',
  id: 'id:a',
  name: 'ports.csv',
  rev: 'a1c10ce0dd78',
  size: 8,
  content_hash: 'ab',
};
const boxFile = { id: '1', name: 'ports.csv', etag: '3', size: 8, sha1: 'AB', file_version: { id: '2' } };

describe('an item', () => {
  it('of Drive is known by its strongest checksum', () => {
    const item = driveItem({ ...driveFile, md5Checksum: 'aa', sha256Checksum: 'BB' });
    expect(item).toMatchObject({
      bytes: 8,
      revision: '0B1:bb',
      proof: { algorithm: 'sha256', digest: 'BB' },
    });
    expect(driveItem({ ...driveFile, md5Checksum: 'aa' }).proof).toEqual({ algorithm: 'md5', digest: 'aa' });
  });

  it('of Drive that is a spreadsheet is a workbook of which nothing is known beforehand', () => {
    const unknown = { bytes: null, revision: null, proof: null };
    expect(driveItem(sheet)).toMatchObject({ ...unknown, name: 'Ports.xlsx' });
  });

  it('of Dropbox is pinned to its revision', () => {
    expect(dropboxItem(dropboxFile)).toMatchObject({ id: 'a1c10ce0dd78', revision: 'a1c10ce0dd78:ab' });
  });

  it('of Box keeps its etag', () => {
    expect(boxItem(boxFile)).toMatchObject({ etag: '3', revision: '2:ab' });
  });

  it.each<[string, () => unknown, string]>([
    ['Drive, trashed', () => driveItem({ ...driveFile, trashed: true }), 'item-trashed'],
    [
      'Drive, not to be downloaded',
      () => driveItem({ ...driveFile, capabilities: { canDownload: false } }),
      'item-forbidden',
    ],
    [
      'Drive, a document',
      () => driveItem({ ...sheet, mimeType: 'application/vnd.google-apps.document' }),
      'item-not-downloadable',
    ],
    [
      'Drive, a folder',
      () => driveItem({ ...sheet, mimeType: 'application/vnd.google-apps.folder' }),
      'item-not-downloadable',
    ],
    ['Drive, an answer without a file', () => driveItem({}), 'item-not-found'],
    ['Dropbox, deleted', () => dropboxItem({ '.tag': 'deleted', name: 'ports.csv' }), 'item-trashed'],
    ['Dropbox, a folder', () => dropboxItem({ '.tag': 'folder', name: 'Data' }), 'item-not-downloadable'],
    [
      'Dropbox, a cloud document',
      () => dropboxItem({ ...dropboxFile, is_downloadable: false }),
      'item-not-downloadable',
    ],
    ['Box, trashed', () => boxItem({ ...boxFile, item_status: 'trashed' }), 'item-trashed'],
    [
      'Box, not to be downloaded',
      () => boxItem({ ...boxFile, permissions: { can_download: false } }),
      'item-forbidden',
    ],
    ['Box, an answer without a file', () => boxItem({}), 'item-not-found'],
  ])('of %s is none', (_what, make, code) => {
    expect(make).toThrow(SyncError);
    expect(make).toThrow(expect.objectContaining({ code }));
  });
});
