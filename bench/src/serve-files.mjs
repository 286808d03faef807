/** A web server for files of this machine. */
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';

/** Serves the files of one folder; `close` ends it. */
export async function serveFiles(folder) {
  const server = createServer((request, response) => {
    const path = join(folder, basename(request.url));
    response.writeHead(200, { 'content-length': statSync(path).size });
    createReadStream(path, { highWaterMark: 1024 * 1024 }).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    urlOf: (name) => `http://127.0.0.1:${server.address().port}/${name}`,
    close: () => server.close(),
  };
}
