import { createHash } from 'node:crypto';
import { type Failure, failureMessage, type StorageService } from '@tidetable/contracts';
import { serviceTitles } from './service-titles.js';

/** What somebody sees who connects an account to a service. */
export interface ConsentPage {
  readonly status: number;
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly link?: { readonly href: string; readonly text: string };
}

const closing = 'You can close this window.';

/** Before anybody is sent on: whose account it is that will read the files. */
export function agreePage(service: StorageService, username: string, href: string): ConsentPage {
  const title = serviceTitles[service];
  return {
    status: 200,
    title: `Connect ${title}`,
    paragraphs: [
      `The account “${username}” of this installation of Tidetable wants to read files in your ${title}.`,
      'Go on only when this account is yours and you began this yourself: whoever uses it can then list your files and copy them into tables.',
    ],
    link: { href, text: `Go on to ${title}` },
  };
}

export function connectedPage(
  service: StorageService,
  username: string,
  accountName: string | null,
): ConsentPage {
  const title = serviceTitles[service];
  const whose = accountName === null ? '' : ` as ${accountName}`;
  return {
    status: 200,
    title: `${title} is connected`,
    paragraphs: [`The account “${username}” is connected to ${title}${whose}.`, closing],
  };
}

export function declinedPage(service: StorageService): ConsentPage {
  const title = serviceTitles[service];
  return {
    status: 400,
    title: `${title} was not connected`,
    paragraphs: [`Access was not allowed at ${title}, so nothing was changed.`, closing],
  };
}

export function failedPage(service: StorageService, failure: Failure): ConsentPage {
  return {
    status: 400,
    title: `${serviceTitles[service]} was not connected`,
    paragraphs: [failureMessage(failure), closing],
  };
}

/** The same for what was used, is too old, never was, or is another browser's. */
export function unknownPage(): ConsentPage {
  return {
    status: 403,
    title: 'This link is not valid any more',
    paragraphs: [
      'It is good for ten minutes, for one use, and in the browser in which it was opened first. Begin again to get another one.',
      closing,
    ],
  };
}

export function troublePage(status: number, sentence: string): ConsentPage {
  return { status, title: 'That did not work', paragraphs: [sentence] };
}

const style =
  'body{max-width:34rem;margin:4rem auto;padding:0 1rem;font:1rem/1.5 system-ui,sans-serif;color:#1c2b33}' +
  'h1{font-size:1.4rem}a{display:inline-block;padding:.5rem 1rem;border-radius:.3rem;background:#0b5c7a;color:#fff;text-decoration:none}';
const styleHash = createHash('sha256').update(style).digest('base64');

/** Nothing is loaded, run, framed or submitted; where it was opened from, and what its address is, goes nowhere. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex',
};

/** The page in HTML, every text of it escaped. */
export function renderPage({ title, paragraphs, link }: ConsentPage): string {
  const heading = escape(title);
  const lines = [
    '<!doctype html>',
    '<html lang="en">',
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${heading}</title><style>${style}</style></head>`,
    `<body><h1>${heading}</h1>`,
    ...paragraphs.map((text) => `<p>${escape(text)}</p>`),
    ...(link === undefined ? [] : [`<p><a href="${escape(link.href)}">${escape(link.text)}</a></p>`]),
    '</body></html>',
  ];
  return `${lines.join('\n')}\n`;
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
