import type { ResponseScript } from '../../origin/response-script.js';
import { jsonBody, json, parseObject, type ProviderRequest, Refusal } from '../provider-request.js';
import { serveBytes } from '../serve-bytes.js';
import { dropboxBadRequest, dropboxError, dropboxPathError } from './dropbox-errors.js';
import type { DropboxStore } from './dropbox-store.js';
import { headerJson, presentDropboxFile } from './present-dropbox-file.js';

const contentTypes = ['', 'text/plain; charset=utf-8', 'application/octet-stream'];

/** `files/get_metadata`. */
export function describeDropboxFile(request: ProviderRequest, store: DropboxStore): ResponseScript {
  const route = 'files/get_metadata';
  const argument = argumentOf(request, route, ['path', 'include_deleted', 'include_media_info']);
  const file = store.find(pathOf(argument, route));
  if (file === null || (file.isDeleted && argument['include_deleted'] !== true)) {
    throw dropboxPathError('not_found');
  }
  return json(presentDropboxFile(file));
}

/** `files/download`: the argument is in a header, the description of what comes in another. */
export function downloadDropboxFile(request: ProviderRequest, store: DropboxStore): ResponseScript {
  const route = 'files/download';
  const file = store.find(pathOf(headerArgument(request, route, ['path', 'rev']), route));
  if (file === null || file.isDeleted) throw dropboxPathError('not_found');
  if (!file.isDownloadable) throw new Refusal(dropboxError(409, { '.tag': 'unsupported_file' }));
  if (file.refusal !== null) throw dropboxPathError(file.refusal);
  const etag = `W/"${file.rev}"`;
  if (request.headers['if-none-match'] === etag) return { status: 304, headers: { ETag: etag } };
  const headers = {
    'Content-Type': 'application/octet-stream',
    'Dropbox-API-Result': headerJson(presentDropboxFile(file)),
    'Accept-Ranges': 'bytes',
    ETag: etag,
  };
  return serveBytes(request, file.content, headers, { status: 416, body: 'Range not satisfiable' });
}

/** The argument of a route on the API's host. @throws Refusal when it is not JSON, or has a field that is not known */
export function argumentOf(
  request: ProviderRequest,
  route: string,
  fields: readonly string[],
): Record<string, unknown> {
  if (request.query.size > 0) throw new Refusal(dropboxBadRequest(route, 'unexpected query'));
  const argument = jsonBody(
    request,
    dropboxBadRequest(route, 'request body: could not decode input as JSON'),
  );
  return checkFields(argument, route, fields);
}

function headerArgument(
  { headers, body }: ProviderRequest,
  route: string,
  fields: readonly string[],
): Record<string, unknown> {
  const contentType = headers['content-type'] ?? '';
  if (!contentTypes.includes(contentType)) {
    throw new Refusal(dropboxBadRequest(route, `Bad HTTP "Content-Type" header: "${contentType}"`));
  }
  if (body.length > 0) throw new Refusal(dropboxBadRequest(route, 'unexpected request body'));
  const text = headers['dropbox-api-arg'];
  const unreadable = dropboxBadRequest(
    route,
    'HTTP header "Dropbox-API-Arg": could not decode input as JSON',
  );
  if (typeof text !== 'string' || !/^[\x20-\x7e]*$/.test(text)) throw new Refusal(unreadable);
  return checkFields(parseObject(text, unreadable), route, fields);
}

function checkFields(
  argument: Record<string, unknown>,
  route: string,
  fields: readonly string[],
): Record<string, unknown> {
  const unknown = Object.keys(argument).find((name) => !fields.includes(name));
  if (unknown !== undefined) throw new Refusal(dropboxBadRequest(route, `unknown field '${unknown}'`));
  return argument;
}

function pathOf({ path }: Record<string, unknown>, route: string): string {
  if (typeof path === 'string' && /^(\/(.|[\r\n])*|id:.*|rev:[0-9a-f]{9,}|ns:[0-9]+(\/.*)?)$/.test(path))
    return path;
  throw new Refusal(dropboxBadRequest(route, 'path: did not match the pattern'));
}
