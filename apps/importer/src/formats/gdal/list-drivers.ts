import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { type ProcessLimits, startConfined } from './confined-process.js';

/** The driver that writes what we read. */
const output = 'PGDUMP';

let installed: Promise<readonly string[]> | undefined;

/**
 * The value of GDAL's `GDAL_SKIP` that leaves only the wanted drivers and the one that writes: an allow-list for
 * every version of GDAL. Empty when none of the wanted ones is installed.
 */
export async function skipAllDriversBut(wanted: readonly string[], limits: ProcessLimits): Promise<string> {
  installed ??= listDrivers(limits).catch((error: unknown) => {
    installed = undefined;
    throw error;
  });
  const drivers = await installed;
  const chosen = wanted.find((driver) => drivers.includes(driver));
  return chosen === undefined
    ? ''
    : drivers.filter((driver) => driver !== chosen && driver.toUpperCase() !== output).join(',');
}

async function listDrivers(limits: ProcessLimits): Promise<readonly string[]> {
  const process = startConfined('ogrinfo', ['--formats'], tmpdir(), {}, limits);
  const [listing, end] = await Promise.all([text(process.stdout), process.ended]);
  if (end.code !== 0) throw new Error('the drivers of GDAL cannot be listed');
  return parseDrivers(listing);
}

/** The drivers in the output of `ogrinfo --formats`: a line each, the name first, then what kinds of data it has. */
export function parseDrivers(listing: string): string[] {
  return [...listing.matchAll(/^ {2}(.+?) -[a-z, ]+- \(/gm)].map((match) => match[1]!);
}
