import type { ShareLink } from './share-link.js';

const oneDriveHosts: readonly string[] = ['1drv.ms', 'onedrive.live.com'];
/** A kind (x, t, u, …), how it is shared (g, r, s), and where. */
const sharePointShare = /^\/:[a-z]:\/[a-z]\//;

/** Files shared by OneDrive, by their token, and by SharePoint, which downloads where it is told to. */
export const oneDriveDownload: ShareLink = (url) => {
  if (oneDriveHosts.includes(url.hostname)) {
    if (url.hostname === 'onedrive.live.com' && url.pathname === '/download') return null;
    return new URL(`https://graph.microsoft.com/v1.0/shares/${shareToken(url.href)}/driveItem/content`);
  }
  if (!url.hostname.endsWith('.sharepoint.com') || !sharePointShare.test(url.pathname)) return null;
  if (url.searchParams.get('download') === '1') return null;
  const download = new URL(url);
  download.searchParams.set('download', '1');
  return download;
};

/** How Microsoft's API names a share by its link: base64 for URLs, without padding. */
function shareToken(link: string): string {
  return `u!${Buffer.from(link).toString('base64url')}`;
}
