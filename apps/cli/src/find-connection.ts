import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from './parse-command.js';

/** Where the server is, and the key that opens it. */
export interface Connection {
  readonly url: string;
  readonly apiKey: string;
}

/** What of the environment is read. */
export interface CliEnvironment {
  readonly TIDETABLE_URL?: string;
  readonly TIDETABLE_API_KEY?: string;
  readonly TIDETABLE_DATA?: string;
  readonly XDG_CONFIG_HOME?: string;
  readonly HOME?: string;
}

/** The environment; else what `login` wrote; else what `npm start` left in this folder or one above. @throws UsageError */
export function findConnection(env: CliEnvironment, folder: string): Connection {
  const { TIDETABLE_URL: url, TIDETABLE_API_KEY: apiKey } = env;
  if (url && apiKey) return { url: checkUrl(url), apiKey };
  const remembered = read(configPath(env)) ?? readStack(env, folder);
  if (remembered !== null && !url) return { ...remembered, ...(apiKey ? { apiKey } : {}) };
  // A key is never sent to another address than the one it was remembered for.
  if (remembered !== null && url && checkUrl(url) === remembered.url) return remembered;
  throw new UsageError(
    'no server and key are known: set TIDETABLE_URL and TIDETABLE_API_KEY, or run "tidetable login"',
  );
}

/** Remembers a connection, for its owner's eyes only. */
export function rememberConnection(env: CliEnvironment, connection: Connection): string {
  const path = configPath(env);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, `${JSON.stringify(connection, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return path;
}

/** The address without a slash at its end. @throws UsageError when it is none, or holds a password */
export function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new UsageError('the address must begin with http:// or https://, and hold no user name');
  return (url.origin + url.pathname).replace(/\/+$/, '');
}

function configPath({ XDG_CONFIG_HOME: config, HOME: home = '.' }: CliEnvironment): string {
  return join(config || join(home, '.config'), 'tidetable', 'config.json');
}

function readStack({ TIDETABLE_DATA: data }: CliEnvironment, folder: string): Connection | null {
  if (data) return read(join(data, 'stack.json'));
  const found = read(join(folder, '.tidetable', 'stack.json'));
  return found !== null || dirname(folder) === folder ? found : readStack({}, dirname(folder));
}

function read(path: string): Connection | null {
  try {
    const { url, apiUrl, apiKey } = JSON.parse(readFileSync(path, 'utf8')) as Record<
      string,
      string | undefined
    >;
    const address = url ?? apiUrl;
    return address && apiKey ? { url: checkUrl(address), apiKey } : null;
  } catch (error) {
    if (error instanceof UsageError || error instanceof SyntaxError)
      throw new UsageError(`${path} cannot be read; remove it, or run "tidetable login"`, { cause: error });
    if (
      (error as NodeJS.ErrnoException).code === 'ENOENT' ||
      (error as NodeJS.ErrnoException).code === 'ENOTDIR'
    )
      return null;
    throw error;
  }
}
