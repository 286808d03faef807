import type { ShareLink } from './share-link.js';

const hosts: readonly string[] = ['www.dropbox.com', 'dropbox.com', 'm.dropbox.com'];

/** Files and folders shared by Dropbox, the latter as zip. Everything else in the query stays: it holds the key. */
export const dropboxDownload: ShareLink = (url) => {
  if (!hosts.includes(url.hostname) || !/^\/(?:s|sh|scl\/f[io])\//.test(url.pathname)) return null;
  if (url.searchParams.get('raw') === '1' || url.searchParams.get('dl') === '1') return null;
  const download = new URL(url);
  download.hostname = 'www.dropbox.com';
  download.searchParams.delete('raw');
  download.searchParams.set('dl', '1');
  return download;
};
