import { geometryKind } from '../geometry-kind.js';
import { LeftToGdal } from '../gdal/leave-to-gdal.js';
import { damagedGeopackage } from './damaged-geopackage.js';

/** Where the well-known binary begins in the value that was looked at last, and whether that is an empty geometry. */
export let wkbStart = 0;
export let isWkbEmpty = false;

const headBytes = 8;
const wkbHeadBytes = 5;
/** How long the box around the geometry is, by its kind. */
const boxBytes = [0, 32, 48, 48, 64];
const emptyFlag = 0x10;
const extendedFlag = 0x20;

/**
 * Finds the well-known binary in a geometry of a GeoPackage, behind its head and its box.
 *
 * @throws LeftToGdal for curves and surfaces, which only GDAL turns into lines
 * @throws SyncError `file-unreadable`
 */
export function findWkb(bytes: Buffer, start: number, end: number): void {
  if (end - start < headBytes || bytes[start] !== 0x47 || bytes[start + 1] !== 0x50) {
    throw damagedGeopackage('a geometry is damaged');
  }
  const flags = bytes[start + 3]!;
  if ((flags & extendedFlag) !== 0) throw new LeftToGdal('a geometry is of a kind of its own');
  const box = boxBytes[(flags >> 1) & 7];
  wkbStart = start + headBytes + (box ?? 0);
  if (box === undefined || wkbStart + wkbHeadBytes > end) throw damagedGeopackage('a geometry is damaged');
  isWkbEmpty = (flags & emptyFlag) !== 0;
  const type = bytes[wkbStart] === 1 ? bytes.readUInt32LE(wkbStart + 1) : bytes.readUInt32BE(wkbStart + 1);
  const kind = (type & 0x1fffffff) % 1_000;
  if (kind > geometryKind.collection) throw new LeftToGdal('a geometry is a curve or a surface');
}
