import type { ShareLink } from './share-link.js';

const fileIdForm = /^[A-Za-z0-9_-]{10,}$/;
const fileAtDrive = /^(?:\/a\/[^/]+)?\/file(?:\/u\/\d+)?\/d\/([^/]+)/;
const publishedSheet = /^(?:\/a\/[^/]+)?\/spreadsheets(?:\/u\/\d+)?\/d\/e\/([^/]+)\/(?:pubhtml|pub)\/?$/;
/** The pages of a spreadsheet in a browser; `export`, `gviz` and the like are downloads already. */
const sheetPage =
  /^(?:\/a\/[^/]+)?\/spreadsheets(?:\/u\/\d+)?\/d\/([^/]+)(?:\/(?:edit|view|preview|copy|htmlview|htmlembed)?\/?)?$/;

/** Files in Google Drive, and sheets of Google Sheets as CSV: the one that the link names, else the first. */
export const googleDownload: ShareLink = (url) => {
  if (url.hostname === 'docs.google.com') return sheetDownload(url) ?? fileDownload(url);
  return url.hostname === 'drive.google.com' ? fileDownload(url) : null;
};

function fileDownload(url: URL): URL | null {
  const atPath = fileAtDrive.exec(url.pathname)?.[1];
  const inQuery = /^(?:\/a\/[^/]+)?\/(?:open|uc|u\/\d+\/uc)$/.test(url.pathname)
    ? url.searchParams.get('id')
    : null;
  const id = atPath ?? inQuery;
  if (id === null || !fileIdForm.test(id)) return null;
  const download = new URL('https://drive.usercontent.google.com/download');
  download.searchParams.set('id', id);
  download.searchParams.set('export', 'download');
  // Says yes beforehand to what the page about files too large for a virus scan asks.
  download.searchParams.set('confirm', 't');
  keep(url, download, 'resourcekey');
  return download;
}

function sheetDownload(url: URL): URL | null {
  const gid = /(?:^|[#&])gid=(\d+)/.exec(url.hash)?.[1] ?? url.searchParams.get('gid');
  const published = publishedSheet.exec(url.pathname)?.[1];
  if (published !== undefined) return publishedDownload(url, published, gid);
  const id = sheetPage.exec(url.pathname)?.[1];
  if (id === undefined || !fileIdForm.test(id)) return null;
  const download = new URL(`https://docs.google.com/spreadsheets/d/${id}/export?format=csv`);
  if (gid !== null) download.searchParams.set('gid', gid);
  keep(url, download, 'resourcekey');
  return download;
}

/** Published copies choose their own output; one that asks for another than a page is left as it is. */
function publishedDownload(url: URL, id: string, gid: string | null): URL | null {
  const output = url.searchParams.get('output');
  if (output !== null && output !== 'html') return null;
  const download = new URL(`https://docs.google.com/spreadsheets/d/e/${id}/pub?output=csv`);
  if (gid !== null) {
    download.searchParams.set('gid', gid);
    download.searchParams.set('single', 'true');
  }
  return download;
}

function keep(from: URL, to: URL, name: string): void {
  const value = from.searchParams.get(name);
  if (value !== null) to.searchParams.set(name, value);
}
