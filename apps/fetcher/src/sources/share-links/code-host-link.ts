import type { ShareLink } from './share-link.js';

const atGitHub = /^\/([^/]+)\/([^/]+)\/(?:blob|raw)\/(.+)$/;
const gist = /^\/([^/]+)\/([0-9a-f]{20,40})(?:\/([0-9a-f]{40}))?\/?$/;

/** Files that GitHub, GitHub's gists, GitLab (also of one's own) and Hugging Face show on a page. */
export const codeHostDownload: ShareLink = (url) => {
  switch (url.hostname) {
    case 'github.com':
    case 'www.github.com':
      return atGitHubDownload(url);
    case 'gist.github.com':
      return gistDownload(url);
    case 'huggingface.co':
      return onPath(url, /^(\/.+?)\/blob\/(.+)$/, '$1/resolve/$2');
    default:
      return onPath(url, /^(\/.+?)\/-\/blob\/(.+)$/, '$1/-/raw/$2');
  }
};

function atGitHubDownload(url: URL): URL | null {
  const [, owner, repository, path] = atGitHub.exec(url.pathname) ?? [];
  if (path === undefined) return null;
  return new URL(`https://raw.githubusercontent.com/${owner}/${repository}/${path}`);
}

/** The fragment names the file with its dots written as hyphens; the last one is that before the extension. */
function gistDownload(url: URL): URL | null {
  const [, user, id, revision] = gist.exec(url.pathname) ?? [];
  if (id === undefined) return null;
  const slug = /^#file-([a-z0-9_-]+)-([a-z0-9]+)$/.exec(url.hash);
  const parts = [user, id, 'raw', revision, slug === null ? undefined : `${slug[1]}.${slug[2]}`];
  return new URL(
    `https://gist.githubusercontent.com/${parts.filter((part) => part !== undefined).join('/')}`,
  );
}

function onPath(url: URL, form: RegExp, replacement: string): URL | null {
  if (!form.test(url.pathname)) return null;
  const download = new URL(url);
  download.pathname = url.pathname.replace(form, replacement);
  download.hash = '';
  return download;
}
