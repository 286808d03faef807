import { SyncError } from '@tidetable/contracts';
import { describeNames } from '../list-names.js';
import type { JsonLayout } from './layout.js';
import { braceOpen, bracketOpen, incomplete, MalformedJson, skipSpace, skipValue } from './scan-json.js';
import { isFeature, itemsOf, type SeenArray, type SeenObject, walkObject } from './walk-members.js';

const recordSeparator = 0x1e;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** Names that arrays of rows have, most telling first; an array of another name is the table if there is none of these. */
const usualNames = ['features', 'data', 'records', 'rows', 'results', 'result', 'items', 'value', 'elements'];

/** Names of files with a value a line. */
const linesFileName = /\.(ndjson|jsonl|jsonlines|ldjson|ndgeojson|geojsonl|geojsons|geojsonseq)$/i;

/** What is known of the table besides the file's content. */
interface Asked {
  readonly fileName: string;
  /** The name of the list that is to be the table; `null` leaves the choice to us. */
  readonly layer: string | null;
}

/** Where the beginning of a file is no JSON. */
const malformed = -2;

/**
 * Finds the rows in a file of JSON by its beginning: the elements of an outermost array; values one after the other, each
 * a row; or, in a single object, the elements of an array in it. A single object without any is a row only as GeoJSON
 * or by the file's name, since servers send such for their errors.
 *
 * @throws SyncError `file-without-rows`, or `file-type-unsupported` when nothing in it is a table
 * @throws MalformedJson when its beginning is none
 */
export function findRows(head: Buffer, isWhole: boolean, { fileName, layer }: Asked): JsonLayout {
  const layout = findAny(head, isWhole, fileName, layer);
  if (layer === null || layout.enclosing.length > 1) return layout;
  throw new SyncError('layer-unknown', 'it is JSON of one list, which has no name');
}

function findAny(head: Buffer, isWhole: boolean, fileName: string, layer: string | null): JsonLayout {
  const begin = head.subarray(0, 3).equals(byteOrderMark) ? 3 : 0;
  const start = skipSeparators(head, begin);
  if (head[start] === bracketOpen) return findInArray(head, begin, start, fileName);

  const arrays: SeenArray[] = [];
  const first = walkObject(head, start, arrays);
  if (first.type === 'FeatureCollection') return choose(arrays, first, layer);
  const end = endOfValue(head, start);
  const isByName = linesFileName.test(fileName) || head.subarray(0, start).includes(recordSeparator);
  if (isByName || isFeature(first) || isFollowed(head, start, end, isWhole)) {
    return {
      ...layoutDefaults,
      holds: 'sequence',
      items: isFeature(first) ? 'features' : 'objects',
      offset: begin,
      // Of several features each has its own, which is judged when it is read.
      crs: head[skipSeparators(head, end)] === braceOpen ? null : first.crs,
    };
  }
  if (end === malformed && arrays.length === 0) skipValue(head, start, head.length);
  return choose(arrays, first, layer);
}

/** Whether another object follows the one from `start` to `end`, or could when more of the file is seen. */
function isFollowed(head: Buffer, start: number, end: number, isWhole: boolean): boolean {
  if (end === incomplete) return false;
  const next = skipSeparators(head, end === malformed ? start : end);
  return (end > 0 && head[next] === braceOpen) || (next === head.length && !isWhole) || hasLine(head, next);
}

/** Whether a line after `from` begins as an object. */
function hasLine(head: Buffer, from: number): boolean {
  return head.indexOf('\n{', from) !== -1;
}

const layoutDefaults = { offset: 0, enclosing: [], crs: null, isEsri: false, others: [] };

function findInArray(head: Buffer, begin: number, start: number, fileName: string): JsonLayout {
  const items = itemsOf(head, start);
  if (items === 'none') throw new SyncError('file-without-rows');
  const end = endOfValue(head, start);
  const isArrayALine =
    linesFileName.test(fileName) || (end > 0 && head[skipSeparators(head, end)] === bracketOpen);
  if (isArrayALine && (items === null || items === 'arrays')) {
    return { ...layoutDefaults, holds: 'sequence', items: 'arrays', offset: begin };
  }
  if (items === null) throw withoutTable();
  return { ...layoutDefaults, holds: 'array', items, offset: start + 1, enclosing: [bracketOpen] };
}

/** The array of a single object that is the table. */
function choose(arrays: readonly SeenArray[], outermost: SeenObject, layer: string | null): JsonLayout {
  if (outermost.type === 'Topology') throw new SyncError('file-type-unsupported', 'it looks like TopoJSON');
  const usable = arrays.filter(isUsable);
  const chosen = layer === null ? mostTelling(arrays, usable) : arrays.find(({ name }) => name === layer);
  if (chosen === undefined && layer !== null) {
    throw new SyncError('layer-unknown', describeNames(usable.map(({ name }) => name)));
  }
  const isEmpty = chosen === undefined && arrays.some(({ items }) => items === 'none');
  if (isEmpty || chosen?.items === 'none') throw new SyncError('file-without-rows');
  if (chosen === undefined) throw withoutTable();
  const { name, owner, items, offset, enclosing } = chosen;
  return {
    holds: 'array',
    items: isOfCollection(chosen) ? 'features' : items,
    offset,
    enclosing,
    crs: owner.crs,
    isEsri: name === 'features' && (owner.names.has('geometryType') || owner.names.has('spatialReference')),
    others: usable.filter((array) => array !== chosen).map((array) => array.name),
  };
}

/** The features of a collection, else the array with the most telling name, else the first. */
function mostTelling(arrays: readonly SeenArray[], usable: readonly SeenArray[]): SeenArray | undefined {
  const rank = ({ name }: SeenArray): number =>
    usualNames.includes(name) ? usualNames.indexOf(name) : Infinity;
  return (
    arrays.find(isOfCollection) ??
    usable.toSorted((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0))[0]
  );
}

/** Arrays of arrays are coordinates more often than rows. */
function isUsable({ name, items }: SeenArray): boolean {
  return items === 'objects' || items === 'features' || (items === 'arrays' && usualNames.includes(name));
}

function isOfCollection({ name, owner }: SeenArray): boolean {
  return name === 'features' && owner.type === 'FeatureCollection';
}

function withoutTable(): SyncError {
  return new SyncError('file-type-unsupported', 'it is JSON, but without a list of objects');
}

function endOfValue(head: Buffer, start: number): number {
  try {
    return skipValue(head, start, head.length);
  } catch (error) {
    if (error instanceof MalformedJson) return malformed;
    throw error;
  }
}

/** Blanks, and the separators of RFC 8142 and RFC 7464. */
function skipSeparators(head: Buffer, from: number): number {
  let i = skipSpace(head, from, head.length);
  while (head[i] === recordSeparator) i = skipSpace(head, i + 1, head.length);
  return i;
}
