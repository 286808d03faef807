import { findProgram } from './find-program.js';

/** GDAL's ogr2ogr, where the importer looks for it, which has no PATH of anybody else. */
export function findOgr2ogr(): string | undefined {
  return findProgram('ogr2ogr', ['/usr/local/bin', '/usr/bin', '/bin', '/opt/homebrew/bin']);
}
