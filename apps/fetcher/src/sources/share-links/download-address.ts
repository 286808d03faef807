import { boxDownload } from './box-link.js';
import { dropboxDownload } from './dropbox-link.js';
import { codeHostDownload } from './code-host-link.js';
import { googleDownload } from './google-link.js';
import { oneDriveDownload } from './onedrive-link.js';
import type { ShareLink } from './share-link.js';

const shareLinks: readonly ShareLink[] = [
  googleDownload,
  dropboxDownload,
  boxDownload,
  codeHostDownload,
  oneDriveDownload,
];

/**
 * The address from which the file behind a share link can be downloaded; any other address is returned as it is.
 * A download address is no share link itself, so asking twice changes nothing. The fragment counts: Google Sheets
 * names the sheet there.
 */
export function downloadAddress(url: URL): URL {
  for (const shareLink of shareLinks) {
    const download = shareLink(url);
    if (download !== null) return download;
  }
  return url;
}
