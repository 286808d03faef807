import { describe, expect, it } from '@jest/globals';
import { isWebPage, recognisePage } from './recognise-page.js';

const page = (title: string, body = ''): string =>
  `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body>${body}</body></html>`;
const here = 'https://data.example.org/ports.csv';
const recognise = (head: string, url = here): string | undefined =>
  recognisePage(Buffer.from(head), new URL(url))?.message;

/** Where it was, here unless something else is said; what came; what it is told as. */
const pages: [string, string, string, string?][] = [
  [
    'Drive asks about viruses',
    page('Google Drive - Virus scan warning', '<form id="download-form" action="https://x"></form>'),
    'source-scan-page',
    'https://drive.google.com/uc?id=1',
  ],
  [
    'Drive is over its quota',
    page('Google Drive - Quota exceeded', '<p class="uc-error-subcaption">Too many users have viewed</p>'),
    'source-limit-page',
    'https://drive.google.com/uc?id=1',
  ],
  [
    'Dropbox has disabled a link',
    page('Dropbox - Error (429)', "This account's links are generating too much traffic"),
    'source-limit-page',
    'https://www.dropbox.com/s/a/b.csv',
  ],
  ['a server limits requests', page('429 Too Many Requests'), 'source-limit-page'],
  ['a heading says so', page('Example', '<h1><b>Too many requests</b></h1>'), 'source-limit-page'],
  ['Cloudflare asks to wait', page('Just a moment...'), 'source-robot-page'],
  ['somebody wants a captcha solved', page('Check', '<div class="g-recaptcha"></div>'), 'source-robot-page'],
  [
    'Google wants a login',
    page('Google Drive'),
    'source-login-page',
    'https://accounts.google.com/ServiceLogin',
  ],
  [
    'there is a password field',
    page('Welcome', '<form><input name="p" type="password"></form>'),
    'source-login-page',
  ],
  ['the title says sign in', page('Sign in to your account'), 'source-login-page'],
  ['the title says it in German', page('Anmeldung'), 'source-login-page'],
  ['the path says it', page('Portal'), 'source-login-page', 'https://data.example.org/login?next=/x'],
  ['nothing was found', page('404 Not Found'), 'source-error-page'],
  ['the server is being maintained', page('Down for maintenance'), 'source-error-page'],
  ['something went wrong in French', page('Page introuvable'), 'source-error-page'],
  ['Dropbox shows the file', page('ports.csv'), 'source-share-page', 'https://www.dropbox.com/s/a/ports.csv'],
  ['Box shows the file', page('ports.csv'), 'source-share-page', 'https://acme.app.box.com/s/abc'],
  ['a folder is listed', page('Index of /data'), 'file-is-web-page: a listing of files'],
  ['somebody wrote about ports', page('Ports of the world'), 'file-is-web-page'],
  ['a page has a comment first', `<!-- saved -->\n${page('Ports')}`, 'file-is-web-page'],
  ['a page has a byte order mark', `\ufeff${page('Ports')}`, 'file-is-web-page'],
];

describe('a page in place of data', () => {
  it.each(pages.map(([when, head, expected, url = here]) => [when, head, expected, url] as const))(
    'is told when %s',
    (_when, head, expected, url) => {
      expect(recognise(head, url)).toBe(expected);
    },
  );

  it.each<[string, string]>([
    [
      '{"error":{"code":400,"message":"Invalid query parameters.","details":[]}}',
      'source-service-error: error 400',
    ],
    ['{"error":{"code":499,"message":"Token Required","details":[]}}', 'source-forbidden: error 499'],
    ['{ "error" : { "code" : 498 } }', 'source-forbidden: error 498'],
    ['{"error":{"code":404}}', 'source-not-found: error 404'],
    ['{"error":{"code":429}}', 'source-rate-limited: error 429'],
    ['{"error":{"code":500}}', 'source-server-error: error 500'],
    ['{"error":{"message":"x"}}', 'source-service-error'],
    ['{"error":true,"message":"Cannot find rows"}', 'source-service-error'],
    ['{"code":"dataset.missing","error":true,"message":"x"}', 'source-service-error'],
    ['{"help": "https://x", "success": false, "error": {"message": "Not found"}}', 'source-service-error'],
    [
      '<?xml version="1.0"?>\n<ows:ExceptionReport version="2.0.0"><ows:Exception exceptionCode="InvalidParameterValue">',
      'source-service-error: InvalidParameterValue',
    ],
    [
      '<ServiceExceptionReport><ServiceException code="LayerNotDefined">',
      'source-service-error: LayerNotDefined',
    ],
    ['<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', 'source-forbidden: AccessDenied'],
    ['<Error><Code>NoSuchKey</Code></Error>', 'source-not-found: NoSuchKey'],
  ])('is told when a service says %s', (head, expected) => {
    expect(recognise(head)).toBe(expected);
  });

  it('says nothing of what stands on the page', () => {
    expect(recognisePage(Buffer.from(page('404 token=secret')), new URL(here))?.detail).toBeUndefined();
  });
});

describe('data', () => {
  it.each([
    'id,name\n1,"<html>"\n',
    '{"type":"FeatureCollection","features":[]}',
    '{"errors":[1],"rows":[]}',
    '[{"error":{"code":400}}]',
    '{"success":true,"result":[{"success":false}]}',
    '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2">',
    '<gpx><metadata><name>login</name></metadata>',
    'PK\u0003\u0004',
    '',
    'error,code\n404,not found\n',
  ])('is not mistaken for a page: %j', (head) => {
    expect(recognise(head)).toBeUndefined();
    expect(isWebPage(Buffer.from(head))).toBe(false);
  });
});
