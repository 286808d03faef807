import { freePort, isPortFree } from '../free-port.js';
import { LocalStackError } from '../local-stack-error.js';

const usualPort = 8080;

/**
 * The port of the API: the one that API_PORT asks for, and no other; else the usual one, or a free one when that is
 * taken, which is said.
 */
export async function chooseApiPort(
  wanted: string | undefined,
  onProgress: (text: string) => void,
): Promise<number> {
  if (wanted) return askedForPort(wanted);
  const port = await freePort(usualPort);
  if (port !== usualPort)
    onProgress(`Port ${usualPort} is taken by another program; the API takes ${port} instead.`);
  return port;
}

async function askedForPort(wanted: string): Promise<number> {
  const port = Number(wanted);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new LocalStackError('port-unusable', 'API_PORT must be a number from 1 to 65535.');
  }
  if (await isPortFree(port)) return port;
  const message = `API_PORT asks for port ${port}, which another program uses. Stop that one, or name another port.`;
  throw new LocalStackError('port-unusable', message);
}
