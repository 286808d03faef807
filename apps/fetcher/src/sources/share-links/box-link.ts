import type { ShareLink } from './share-link.js';

const sharedPage = /^\/(?:v|s)\/([A-Za-z0-9]+)(?:\/file\/(\d+))?\/?$/;

/** Files shared by Box, openly and without a password. A custom name (`/v/name`) is known to the page only. */
export const boxDownload: ShareLink = (url) => {
  if (!/(?:^|\.)box\.com$/.test(url.hostname)) return null;
  const [, name, fileId] = sharedPage.exec(url.pathname) ?? [];
  if (name === undefined) return null;
  if (fileId === undefined) {
    return url.pathname.startsWith('/v/') ? null : new URL(`/shared/static/${name}`, url);
  }
  const download = new URL('/index.php?rm=box_download_shared_file', url);
  download.searchParams.set(url.pathname.startsWith('/v/') ? 'vanity_name' : 'shared_name', name);
  download.searchParams.set('file_id', `f_${fileId}`);
  return download;
};
