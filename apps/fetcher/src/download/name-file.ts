import { parse } from 'content-disposition';

/** The longest file name, in characters. */
const fileNameCharactersMax = 255;

/**
 * The file's own name: what `Content-Disposition` says (RFC 6266, `filename*` before `filename`), else the last
 * segment of the address from which the file finally came; empty when neither gives one.
 * It holds no path, no control character and no leading dot, so that it can never point anywhere.
 */
export function nameFile(contentDisposition: string | undefined, url: URL): string {
  const declared = contentDisposition === undefined ? '' : cleanFileName(declaredName(contentDisposition));
  return declared === '' ? cleanFileName(decodeSegment(url.pathname.split('/').at(-1) ?? '')) : declared;
}

/** The media type in lower case and without parameters; `null` when none is declared. */
export function mediaTypeOf(contentType: string | undefined): string | null {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  return type === '' ? null : type;
}

/** A plain `filename` should be Latin-1; many servers write UTF-8 there, which is recognised by its form. */
function declaredName(header: string): string {
  const { parameters } = parse(header);
  const name = parameters['filename'] ?? '';
  if (parameters['filename*'] !== undefined || /[^\u0000-\u00FF]/.test(name)) return name;
  const utf8 = Buffer.from(name, 'latin1').toString('utf8');
  return utf8.includes('\uFFFD') ? name : utf8;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // Not UTF-8 behind the percent signs: better the raw spelling than no name.
  }
}

/** A name without a path, control characters and leading dots; not too long. */
export function cleanFileName(name: string): string {
  const lastSegment = name.split(/[/\\]/).at(-1) ?? '';
  const visible = lastSegment.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '').trim();
  return shorten(visible.replace(/^[.\s]+/, ''));
}

/** Cuts in the middle, so that the extension stays, and never within a character. */
function shorten(name: string): string {
  if (name.length <= fileNameCharactersMax) return name;
  const extension = /\.[A-Za-z0-9]{1,16}$/.exec(name)?.[0] ?? '';
  const kept = name.slice(0, fileNameCharactersMax - extension.length).replace(/[\uD800-\uDBFF]$/, '');
  return kept + extension;
}
