import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { basename, join } from 'node:path';
import { freePort } from '../free-port.js';

/** A sample file on offer. */
export interface SampleOrigin {
  url: string;
  close(): void;
}

/**
 * Serves one file of this machine on loopback, as it is at each request, with an entity tag; so whoever edits it sees
 * the table follow. The port is kept between starts, since the synchronization of an earlier start names it. Resolves
 * with the address even when that port is taken by now, and says so.
 */
export async function serveSample(
  file: string,
  dataFolder: string,
  onProgress: (sentence: string) => void,
): Promise<SampleOrigin> {
  const portFile = join(dataFolder, 'sample-port');
  const port = existsSync(portFile) ? Number(readFileSync(portFile, 'utf8')) : await freePort();
  writeFileSync(portFile, String(port));
  const server = serve(file);
  await new Promise<void>((resolve) => {
    server.once('error', () => {
      onProgress(
        `Port ${port}, where the sample file used to be, is taken; its table is not refreshed this time.`,
      );
      resolve();
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  return { url: `http://127.0.0.1:${port}/${basename(file)}`, close: () => server.close() };
}

function serve(file: string): Server {
  const server = createServer((request, response) => {
    const isAsked = new URL(request.url ?? '/', 'http://sample').pathname === `/${basename(file)}`;
    if (!isAsked || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    const content = readFileSync(file);
    const etag = `"${createHash('sha256').update(content).digest('hex').slice(0, 32)}"`;
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, { etag }).end();
      return;
    }
    const headers = { etag, 'content-type': 'text/csv; charset=utf-8', 'content-length': content.length };
    response.writeHead(200, headers).end(request.method === 'HEAD' ? undefined : content);
  });
  // The sample is a courtesy, and keeps nothing alive.
  server.unref();
  return server;
}
