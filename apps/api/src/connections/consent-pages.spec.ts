import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  agreePage,
  connectedPage,
  declinedPage,
  failedPage,
  pageHeaders,
  renderPage,
  troublePage,
  unknownPage,
} from './consent-pages.js';

const nasty = `"><script>alert('x')</script>&`;

describe('a page for people who connect an account', () => {
  it.each([
    ['before', agreePage('gdrive', nasty, nasty), 200],
    ['connected', connectedPage('dropbox', nasty, nasty), 200],
    ['connected without a name', connectedPage('dropbox', 'demo', null), 200],
    ['declined', declinedPage('box'), 400],
    ['failed', failedPage('box', { code: 'connection-refused', detail: nasty }), 400],
    ['unknown', unknownPage(), 403],
    ['trouble', troublePage(503, nasty), 503],
  ])('that is %s has its status, runs nothing and escapes all texts', (_what, page, status) => {
    const html = renderPage(page);
    expect(page.status).toBe(status);
    expect(html).not.toMatch(/<script|javascript:|\son\w+=|<form|<iframe|<img|\ssrc=/i);
    expect(html.match(/<a href="([^"<>]*)">/g) ?? []).toHaveLength(page.link === undefined ? 0 : 1);
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
  });

  it('allows its own style and nothing else', () => {
    const style = /<style>(.*)<\/style>/.exec(renderPage(unknownPage()))?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(pageHeaders['content-security-policy']).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
  });

  it('says whose account it is before anybody goes on', () => {
    expect(renderPage(agreePage('gdrive', 'demo', '?agree=1'))).toMatch(
      /The account “demo” .* your Google Drive\.[^]*<a href="\?agree=1">Go on to Google Drive<\/a>/,
    );
  });

  it('tells of a failure what happened and what to do', () => {
    const { paragraphs } = failedPage('box', { code: 'connection-forbidden-box', detail: null });
    expect(paragraphs[0]).toMatch(/^Box does not let .* Connect your account again; /);
  });
});
