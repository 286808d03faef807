/** The part of the fetcher that asks sources, as a run has it, without a bus. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const dist = join(dirname(createRequire(import.meta.url).resolve('@tidetable/fetcher/package.json')), 'dist');
const load = (path) => import(pathToFileURL(join(dist, path)).href);
const { createUrlSource } = await load('sources/url-source.js');
const { parseNetworks } = await load('addresses/classify-address.js');
const { isPortHarmless } = await load('addresses/allowed-ports.js');
const { createHostLimits } = await load('politeness/host-limits.js');

export function createUrlSourceForTests() {
  const options = {
    resolveName: () => Promise.reject(new Error('there are no names here')),
    addressRules: { allowed: parseNetworks('127.0.0.0/8'), refused: [] },
    isPortAllowed: isPortHarmless,
    hostLimits: createHostLimits({ inFlightMax: 8, perMinuteMax: 0, waitMs: 60_000 }),
    userAgent: 'Tidetable/bench',
    redirectsMax: 5,
    fileBytesMax: 2 ** 40,
    connectTimeoutMs: 5_000,
    idleTimeoutMs: 60_000,
  };
  return createUrlSource(options, async () => null);
}
