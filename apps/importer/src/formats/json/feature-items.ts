import { type RejectReason, SyncError } from '@tidetable/contracts';
import type { RowSink } from '../row-sink.js';
import type { ReaderColumn } from '../table-reader.js';
import { ColumnKeys } from './column-keys.js';
import { GeometryScanner } from './geometry-scanner.js';
import { type Items, untypedColumn } from './items.js';
import { judgeCrs } from './judge-crs.js';
import type { RowCells } from './row-cells.js';
import { firstPropertyColumn, idColumn, scanFeature, scannedFeature } from './scan-feature.js';
import { braceOpen, skipValue } from './scan-json.js';

/** Items of GeoJSON: the geometry, the id of features if they have any, and their properties. */
export class FeatureItems implements Items {
  problem: RejectReason | null = null;
  /** Rows that were handed on without their geometry, by what is wrong with it. */
  outside = 0;
  malformed = 0;
  /** Rows that were handed on with a ring that had to be closed. */
  closedRings = 0;

  private readonly geometry = new GeometryScanner();
  private readonly keys = new ColumnKeys();
  private hasId = false;
  private known = -1;
  private firstCell = firstPropertyColumn;

  constructor(private readonly cells: RowCells) {}

  scan(bytes: Buffer, at: number, to: number): number {
    const { cells, geometry, keys } = this;
    cells.clear();
    if (bytes[at] !== braceOpen) {
      this.problem = 'json-no-object';
      return skipValue(bytes, at, to);
    }
    const end = scanFeature(bytes, at, to, keys, cells, geometry);
    if (end < 0) return end;
    this.problem = scannedFeature.is === 'other' ? 'json-no-feature' : cells.problem();
    this.hasId ||= scannedFeature.hasId;
    if (scannedFeature.crsStart >= 0) {
      refuseOwnReference(bytes.toString('utf8', scannedFeature.crsStart, scannedFeature.crsEnd));
    }
    return end;
  }

  feed(bytes: Buffer, sink: RowSink): void {
    const { geometry } = this;
    if (geometry.outcome === 'outside') this.outside++;
    else if (geometry.outcome === 'malformed') this.malformed++;
    else if (geometry.hasClosedRing) this.closedRings++;
    sink.field(geometry.bytes, 0, geometry.length, false);
    this.cells.feed(bytes, this.firstCell, firstPropertyColumn + this.keys.names.length, sink);
  }

  columns(): ReaderColumn[] {
    this.known = this.version();
    this.firstCell = this.hasIdColumn() ? idColumn : firstPropertyColumn;
    const headers = [null, ...(this.hasIdColumn() ? ['id'] : []), ...this.keys.names];
    return headers.map(untypedColumn);
  }

  hasGrown(): boolean {
    return this.version() !== this.known;
  }

  /** Begins to count anew what was wrong with geometries. */
  forgetCounts(): void {
    this.outside = 0;
    this.malformed = 0;
    this.closedRings = 0;
  }

  /** Whether features have an id besides a property of that name, which is the one that makes the column. */
  hasSecondId(): boolean {
    return this.hasId && !this.hasIdColumn();
  }

  private hasIdColumn(): boolean {
    return this.hasId && !this.keys.has('id');
  }

  private version(): number {
    return 2 * this.keys.names.length + (this.hasIdColumn() ? 1 : 0);
  }
}

/** One table has one reference system. */
function refuseOwnReference(crs: string): void {
  const judgement = judgeCrs(crs);
  if (judgement.kind === 'degrees') return;
  throw new SyncError(
    'crs-unknown',
    judgement.kind === 'named' ? `a feature of many names its own: ${judgement.name}` : judgement.detail,
  );
}
