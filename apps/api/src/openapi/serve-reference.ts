import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';

/** The files of Swagger UI that the page needs, with their media types. */
const parts: Record<string, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

/** Only what we serve ourselves; styles are set by the script, and images are in the style sheet. */
const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Tidetable API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<div id="reference"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
`;

const start = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  docExpansion: 'none',
  validatorUrl: null,
  queryConfigEnabled: false,
});
`;

/** Serves the page on which the OpenAPI document can be browsed and tried; nothing of it comes from elsewhere. */
export function serveReference(fastify: FastifyInstance): void {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  fastify.get('/docs', async (_request, reply) =>
    reply.headers(headers).type('text/html; charset=utf-8').send(page),
  );
  fastify.get<{ Params: { file: string } }>('/docs/:file', async ({ params: { file } }, reply) => {
    void reply.headers({ ...headers, 'cache-control': 'public, max-age=3600' });
    if (file === 'start.js') return reply.type('text/javascript; charset=utf-8').send(start);
    const type = Object.hasOwn(parts, file) ? parts[file] : undefined;
    if (type === undefined)
      return reply.status(404).type('text/plain; charset=utf-8').send('There is no such file.\n');
    return reply.type(type).send(readFileSync(join(folder, file)));
  });
}
