import { delimiter, isAbsolute } from 'node:path';
import { findProgram } from './find-program.js';

/** GDAL's ogr2ogr, where the importer looks for it: where packages put it, then on the PATH. */
export function findOgr2ogr(path: string): string | undefined {
  const usual = ['/usr/local/bin', '/usr/bin', '/bin', '/opt/homebrew/bin'];
  return findProgram('ogr2ogr', [...usual, ...path.split(delimiter).filter(isAbsolute)]);
}
