/**
 * Where the file is of which an answer only speaks: the large file behind a pointer of Git LFS, and the file behind
 * Drive's question whether to download what is too large for a virus scan. `null` for any other answer.
 */
export function followUpAddress(head: Buffer, url: URL): URL | null {
  switch (url.hostname) {
    case 'raw.githubusercontent.com':
      return head.toString('latin1', 0, 43) === 'version https://git-lfs.github.com/spec/v1\n'
        ? new URL(`https://media.githubusercontent.com/media${url.pathname}`)
        : null;
    case 'drive.google.com':
    case 'drive.usercontent.google.com':
      return confirmedDownload(head.toString('utf8'), url);
    default:
      return null;
  }
}

/** The form of Drive's question, filled in as it is. It may lead to Drive only. */
function confirmedDownload(html: string, url: URL): URL | null {
  const form = /<form[^>]*\bid="download-form"[^>]*>.*?<\/form>/s.exec(html)?.[0];
  const action = form === undefined ? undefined : attributeOf(form, 'action');
  if (form === undefined || action === undefined || !URL.canParse(action, url.href)) return null;
  const target = new URL(action, url);
  if (target.protocol !== 'https:' || !/^drive\.(usercontent\.)?google\.com$/.test(target.hostname))
    return null;
  for (const [input] of form.matchAll(/<input[^>]*>/g)) {
    const name = attributeOf(input, 'name');
    if (name !== undefined) target.searchParams.set(name, attributeOf(input, 'value') ?? '');
  }
  return target.href === url.href ? null : target;
}

function attributeOf(element: string, name: string): string | undefined {
  return new RegExp(`\\s${name}="([^"]*)"`).exec(element)?.[1]?.replaceAll('&amp;', '&');
}
