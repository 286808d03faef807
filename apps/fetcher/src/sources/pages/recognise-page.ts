import { SyncError, type SyncErrorCode } from '@tidetable/contracts';
import { recogniseServiceError } from './recognise-service-error.js';

/** How much of the beginning tells a page from data. */
export const shownBytes = 1_024;
/** How much of a page tells what it is about. */
export const pageBytes = 64 * 1024;

const sharingHosts =
  /(^|\.)(google\.com|dropbox\.com|box\.com|live\.com|1drv\.ms|sharepoint\.com|github\.com|gitlab\.com|icloud\.com|wetransfer\.com|mega\.nz|pcloud\.com|notion\.(so|site)|airtable\.com)$/;
const loginHosts =
  /^(accounts\.google\.com|login\.(live|microsoftonline|salesforce)\.com|account\.(box|live)\.com|sso\..+|login\..+|auth\..+)$/;

/** What a page is about, the first that fits; the words are those of titles and headings, in a few languages. */
const meanings: readonly (readonly [SyncErrorCode, (page: Page) => boolean])[] = [
  [
    'source-scan-page',
    ({ text }) => /id="(download-form|uc-download-link)"|can.t scan this file for viruses/.test(text),
  ],
  ['source-limit-page', isAboutLimits],
  [
    'source-robot-page',
    ({ text, title }) =>
      /cf-challenge|\/cdn-cgi\/challenge-platform|g-recaptcha|h-captcha|_incapsula_|px-captcha/.test(text) ||
      /just a moment|attention required|are you (a )?(human|robot)|captcha/.test(title),
  ],
  [
    'source-login-page',
    ({ text, title, host, path }) =>
      loginHosts.test(host) ||
      /^\/(login|signin|sign_in)\b/.test(path) ||
      /<input[^>]{0,300}type=["']?password/.test(text) ||
      /\b(log|sign)[ -]?in\b|\blogin\b|anmeld(en|ung)|iniciar sesi|se connecter|connexion|accedi|inloggen/.test(
        title,
      ),
  ],
  [
    'source-error-page',
    ({ title }) =>
      /\b(40[0-9]|410|50[0-9])\b|not found|forbidden|denied|unauthori[sz]ed|error|unavailable|maintenance/.test(
        title,
      ) ||
      /nicht gefunden|fehler|introuvable|erreur|no encontrad|no existe|non trovat|niet gevonden|wartung/.test(
        title,
      ),
  ],
  ['source-share-page', ({ host }) => sharingHosts.test(host)],
];

interface Page {
  /** In lower case. */
  readonly text: string;
  /** Its title and first heading. */
  readonly title: string;
  readonly host: string;
  readonly path: string;
}

/** Whether a file that begins so is a web page. */
export function isWebPage(head: Buffer): boolean {
  const start = textOf(head).slice(0, shownBytes);
  return (
    /^(<!doctype html|<html|<head|<body|<script)/i.test(start) ||
    (start.startsWith('<') && /<html[\s>]/i.test(start))
  );
}

/**
 * What came in place of data, told by its beginning and the address that gave it: a web page, or the error message
 * of a service; `null` when it may be data.
 */
export function recognisePage(head: Buffer, url: URL): SyncError | null {
  if (!isWebPage(head)) return recogniseServiceError(textOf(head));
  const page = pageOf(textOf(head), url);
  if (/^index of \//.test(page.title)) return new SyncError('file-is-web-page', 'a listing of files');
  const code = meanings.find(([, fits]) => fits(page))?.[0] ?? 'file-is-web-page';
  return new SyncError(code);
}

function pageOf(html: string, url: URL): Page {
  const text = html.toLowerCase().replace(/<!--.*?-->/gs, '');
  const titles = [/<title[^>]*>([^<]*)/, /<h1[^>]*>(.{0,300}?)<\/h1>/s];
  const title = titles.map((form) => form.exec(text)?.[1] ?? '').join(' ');
  return { text, title: title.replace(/<[^>]*>/g, ' ').trim(), host: url.hostname, path: url.pathname };
}

function isAboutLimits({ text, title }: Page): boolean {
  return (
    /too many (requests|users)|rate limit|\b429\b|quota exceeded|zu viele anfragen|trop de requ|demasiadas/.test(
      title,
    ) ||
    (text.includes('uc-error-subcaption') && /quota|too many users/.test(text)) ||
    /links are generating too much traffic|temporarily disabled|this link has been disabled/.test(text)
  );
}

function textOf(head: Buffer): string {
  return head
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart();
}
