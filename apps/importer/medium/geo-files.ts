import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeZip } from './make-archives.js';

const run = promisify(execFile);

/** A feature of GeoJSON. */
export const feature = (properties: object, geometry: object | null): object => ({
  type: 'Feature',
  properties,
  geometry,
});

/** Features of GeoJSON, all in one. */
export const collection = (...features: object[]): object => ({ type: 'FeatureCollection', features });

/** A point of GeoJSON. */
export const point = (...coordinates: number[]): object => ({ type: 'Point', coordinates });

/**
 * The files that GDAL makes of GeoJSON, by their names: `ogr2ogr` with these arguments and `name` as the target, which
 * tells the name and the extension, or the folder.
 */
export async function makeFiles(
  format: string,
  name: string,
  content: object,
  ...args: string[]
): Promise<Map<string, Buffer>> {
  const folder = await mkdtemp(join(tmpdir(), 'tidetable-made-'));
  try {
    const source = `${folder}.geojson`;
    await writeFile(source, JSON.stringify(content));
    await run('ogr2ogr', ['-f', format, join(folder, name), source, ...args]).finally(() => rm(source));
    const files = new Map<string, Buffer>();
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile()) files.set(path.slice(folder.length + 1), await readFile(path));
    }
    return files;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Packs files by their names. */
export function zipOf(files: ReadonlyMap<string, string | Buffer>): Buffer {
  return makeZip([...files].map(([name, content]) => ({ name, content })));
}

/** How many processes work in a folder for temporary files whose name begins so. */
export async function countProcessesIn(prefix: string): Promise<number> {
  const folders = await Promise.all(
    (await readdir('/proc'))
      .filter((name) => /^\d+$/.test(name))
      // Processes end while they are looked at.
      .map((id) => readlink(`/proc/${id}/cwd`).catch(() => '')),
  );
  return folders.filter((folder) => folder.startsWith(join(tmpdir(), prefix))).length;
}
