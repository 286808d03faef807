import type { ColumnKeys } from './column-keys.js';
import { type GeometryScanner, isName, kindOf } from './geometry-scanner.js';
import type { RowCells } from './row-cells.js';
import {
  braceOpen,
  bracketOpen,
  incomplete,
  MalformedJson,
  scanName,
  skipColon,
  skipSpace,
  skipValue,
  toClosing,
} from './scan-json.js';
import { scanMembers } from './scan-members.js';

const comma = 0x2c;
const letterN = 0x6e;

/** The field of a feature's own id; its properties come after. */
export const idColumn = 0;
export const firstPropertyColumn = 1;

/** What the feature that was scanned last is. */
export const scannedFeature = {
  /** `feature`, or what stands where one is expected: a bare geometry, or something else. */
  is: 'feature' as 'feature' | 'geometry' | 'other',
  hasId: false,
  /** Where the value of a `crs` of its own begins and ends; -1 when it has none. */
  crsStart: -1,
  crsEnd: -1,
};

/**
 * Scans a GeoJSON object that stands for itself, from its brace, and returns its end: a feature with its geometry and
 * its properties, or a geometry. Its other members are passed over.
 */
export function scanFeature(
  bytes: Buffer,
  at: number,
  to: number,
  keys: ColumnKeys,
  cells: RowCells,
  geometry: GeometryScanner,
): number {
  const feature = scannedFeature;
  feature.hasId = false;
  feature.crsStart = -1;
  geometry.clear();
  let kind = 0;
  let isFeature = false;
  let isTyped = false;
  let hasAttributes = true;
  let hasContent = false;

  let i = skipSpace(bytes, at + 1, to);
  while (i < to && bytes[i] !== braceOpen + toClosing) {
    const nameStart = i + 1;
    const nameEnd = scanName(bytes, i, to);
    if (nameEnd === incomplete) return incomplete;
    const value = skipColon(bytes, nameEnd + 1, to);
    if (value === incomplete) return incomplete;
    if (isName(bytes, nameStart, nameEnd, 'properties')) {
      hasContent = true;
      if (bytes[value] === braceOpen) {
        i = scanMembers(bytes, value, to, keys, cells, firstPropertyColumn);
      } else {
        i = skipValue(bytes, value, to);
        hasAttributes = isNothing(bytes, value, i);
      }
    } else if (isName(bytes, nameStart, nameEnd, 'geometry')) {
      hasContent = true;
      i = geometry.scan(bytes, value, to);
    } else if (isName(bytes, nameStart, nameEnd, 'type')) {
      i = skipValue(bytes, value, to);
      isTyped = true;
      kind = kindOf(bytes, value, i);
      isFeature = i > 0 && isName(bytes, value + 1, i - 1, 'Feature');
    } else if (isName(bytes, nameStart, nameEnd, 'id')) {
      i = cells.scan(bytes, value, to, idColumn);
      feature.hasId = true;
    } else {
      i = skipValue(bytes, value, to);
      if (isName(bytes, nameStart, nameEnd, 'crs')) {
        feature.crsStart = value;
        feature.crsEnd = i;
      }
    }
    if (i === incomplete) return incomplete;
    i = skipSpace(bytes, i, to);
    if (i === to) return incomplete;
    if (bytes[i] === braceOpen + toClosing) break;
    if (bytes[i] !== comma) throw new MalformedJson('a comma or a closing brace is expected', i);
    i = skipSpace(bytes, i + 1, to);
    if (bytes[i] === braceOpen + toClosing) throw new MalformedJson('a member is expected', i);
  }
  if (i >= to) return incomplete;

  if (kind !== 0) {
    feature.is = 'geometry';
    cells.clear();
    return geometry.scan(bytes, at, to);
  }
  const isOne = isFeature || (!isTyped && hasContent);
  feature.is = isOne && hasAttributes ? 'feature' : 'other';
  return i + 1;
}

/** Whether properties that are no object are nothing: `null`, or the empty list that some programs write for it. */
function isNothing(bytes: Buffer, start: number, end: number): boolean {
  if (bytes[start] === letterN) return true;
  return bytes[start] === bracketOpen && skipSpace(bytes, start + 1, end) === end - 1;
}
