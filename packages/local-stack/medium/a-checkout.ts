import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A service that answers its health, leaves its environment and pid where a test finds them, and ends when asked. */
const soundService = `
  const { createServer } = require('node:http');
  const { writeFileSync } = require('node:fs');
  writeFileSync(__filename + '.json', JSON.stringify({ pid: process.pid, env: process.env }));
  createServer((request, response) => response.end()).listen(process.env.API_PORT ?? process.env.HEALTH_PORT, '127.0.0.1');
  process.on('SIGTERM', () => process.exit(0));
`;

/** A service that complains and ends. */
const brokenService = `console.error('the environment is not usable'); process.exit(1);`;

/** What a service of `aCheckout` left about itself. */
export interface ServiceTrace {
  pid: number;
  env: Record<string, string>;
}

/** A checkout whose services are as small as can be, one of them broken if so wanted. */
export function aCheckout(options: { broken?: string } = {}): string {
  const checkout = mkdtempSync(join(tmpdir(), 'tidetable-test-'));
  for (const name of ['api', 'scheduler', 'fetcher', 'importer']) {
    const path = serviceProgram(checkout, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, name === options.broken ? brokenService : soundService);
  }
  return checkout;
}

/** The file of a service's program; what it leaves about itself is beside it, with `.json` appended. */
export function serviceProgram(checkout: string, name: string): string {
  return join(checkout, 'apps', name, 'dist/main.js');
}
