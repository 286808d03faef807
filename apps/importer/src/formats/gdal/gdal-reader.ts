import { SyncError } from '@tidetable/contracts';
import { isHeader } from '../csv/detect-header.js';
import type { RowSink } from '../row-sink.js';
import type { OpenableFile, ReaderColumn, TableReader } from '../table-reader.js';
import { chooseLayer, findLayer, listLayers, refuseUndefinedReference } from './choose-layer.js';
import type { ConfinedProcess, ProcessLimits } from './confined-process.js';
import type { DumpedLayer } from './dump-statements.js';
import { type GdalFormat, gdalProfiles } from './gdal-format.js';
import { describeOthers, refuseLinksOnly, refuseNamedReference } from './judge-file.js';
import { type DumpPart, readDump } from './read-dump.js';
import { type DumpOptions, failureOfEnd, type GdalSource, startDump } from './run-ogr2ogr.js';
import { scanCopyText } from './scan-copy-text.js';
import { declareColumns } from './declare-columns.js';
import { createWorkFolder } from './work-folder.js';

const sampleBytes = 1024 * 1024;

/** One run of GDAL over the file, at the rows of the layer that becomes the table. */
interface Passage {
  readonly process: ConfinedProcess;
  readonly layer: DumpedLayer;
  /** Complete rows; ends when GDAL has ended well. */
  readonly rows: AsyncGenerator<Buffer>;
}

/** What is known of a file before GDAL reads it. */
export interface GdalWishes extends Pick<GdalSource, 'openOptions' | 'reference' | 'referenceName'> {
  /** The layer or sheet that was asked for; `null` leaves the choice to their order. */
  readonly layer?: string | null;
}

/**
 * Opens a file that GDAL reads: its first layer, or sheet, with rows.
 *
 * GDAL works in a process of its own, on a copy of the file in a folder of its own; both are gone when this fails, or
 * once the reader is closed. The first reading goes on where the sample ended, so that it costs no second start.
 *
 * @throws SyncError `file-unreadable`, `crs-unknown`, `layer-unknown`, `file-type-unsupported`, `kml-only-links` or `run-timed-out`
 */
export async function openGdal(
  file: OpenableFile,
  format: GdalFormat,
  limits: ProcessLimits,
  wishes: GdalWishes = {},
): Promise<TableReader> {
  const profile = gdalProfiles[format];
  const { layer = null, ...details } = wishes;
  if (layer !== null && profile.holds === 'one') {
    throw new SyncError('layer-unknown', `it is ${profile.title}, which has one layer without a name`);
  }
  const folder = await createWorkFolder(file, profile.extension, limits.signal);
  const writtenMegabytes = profile.writtenMegabytesMax;
  const source = { profile, folder, limits: { ...limits, writtenMegabytes }, ...details };
  const reading = new GdalReading(source, file.head, layer);
  try {
    return await reading.open();
  } catch (error) {
    await reading.close();
    throw error;
  }
}

/** Whether the layer declares that its lines or polygons are single ones. */
function isOfSingles({ shapes }: DumpedLayer): boolean {
  return shapes === 'LINESTRING' || shapes === 'POLYGON';
}

class GdalReading {
  private options: DumpOptions = {};
  private current: Passage | null = null;
  private sample: Buffer[] = [];
  private readonly warnings: string[] = [];
  /** Layers, besides the table's, that have rows: known before reading, and all of them after it. */
  private others: readonly string[] = [];
  private readonly otherLayers: string[] = [];

  constructor(
    private readonly source: GdalSource,
    private readonly head: Buffer,
    private readonly asked: string | null,
  ) {}

  async open(): Promise<TableReader> {
    await this.chooseLayer();
    let passage = await this.startPassage();
    const isSheet = this.source.profile.holds === 'sheets';
    if (isSheet && !isHeader(passage.layer.fields.map(({ name }) => name))) {
      await passage.process.kill();
      this.options = { ...this.options, hasHeader: false };
      passage = await this.startPassage();
    }
    await this.takeSample(passage);
    if (this.sample.length === 0) this.refuseNothing();
    const { layer } = passage;
    const columns = isSheet ? this.sheetColumns(layer) : declareColumns(layer, this.sample);
    const geometry = layer.fields.findIndex(({ kind }) => kind === 'geometry');
    return {
      columns,
      ...(geometry === -1 ? {} : { geometry: { column: geometry, encoding: 'hex' as const } }),
      warnings: this.warnings,
      otherLayers: this.otherLayers,
      readSample: (sink) => this.scan(layer, this.sample, sink, 1),
      read: (sink, pause) => this.read(sink, pause),
      close: () => this.close(),
    };
  }

  async close(): Promise<void> {
    await this.current?.process.kill();
    await this.source.folder.remove();
  }

  private async chooseLayer(): Promise<void> {
    const { holds, layerOrder = [] } = this.source.profile;
    if (this.asked === null && holds !== 'layers') return;
    const layers = await listLayers(this.source);
    const choice =
      this.asked === null
        ? chooseLayer(layers, layerOrder)
        : { chosen: findLayer(layers, this.asked), others: [] };
    if (choice === null) {
      this.refuseNothing();
      throw new SyncError('file-without-rows');
    }
    if (holds === 'layers') await refuseUndefinedReference(this.source, choice.chosen);
    this.options = { layer: choice.chosen.name, isOfSingles: isOfSingles(choice.chosen) };
    this.others = choice.others;
  }

  /** Starts GDAL and goes to the first layer with rows; to the first of all when none has any. */
  private async startPassage(): Promise<Passage> {
    const process = await startDump(this.source, this.options);
    const parts = readDump(process.stdout);
    let layer: DumpedLayer | null = null;
    let first: DumpedLayer | null = null;
    let part = await parts.next();
    while (part.done !== true && part.value.kind === 'layer') {
      layer = part.value.layer;
      first ??= layer;
      part = await parts.next();
    }
    const beginning = part.done === true ? null : part.value;
    if (beginning === null) layer = first;
    const rows = this.rowsOf(process, parts, beginning);
    if (layer === null) {
      // The file has nothing at all: how GDAL ended tells why.
      await rows.next();
      this.refuseNothing();
      throw new SyncError('file-without-rows');
    }
    this.current = { process, layer, rows };
    return this.current;
  }

  private async *rowsOf(
    process: ConfinedProcess,
    parts: AsyncGenerator<DumpPart>,
    beginning: DumpPart | null,
  ): AsyncGenerator<Buffer> {
    const others: string[] = [];
    if (beginning?.kind === 'rows') yield beginning.bytes;
    let other: string | null = null;
    for await (const part of parts) {
      if (part.kind === 'layer') other = part.layer.name;
      else if (other === null) yield part.bytes;
      else if (others.at(-1) !== other) others.push(other);
    }
    const end = await process.ended;
    this.source.limits.signal.throwIfAborted();
    const failure = failureOfEnd(end, this.source);
    if (failure !== null) throw await this.explain(failure, end.code === 0);
    this.otherLayers.splice(0, this.otherLayers.length, ...this.others, ...others);
    this.warnings.splice(0, this.warnings.length, ...describeOthers(this.otherLayers));
  }

  /** Why GDAL failed, if more can be said: it does not know the coordinates' reference system. */
  private async explain(failure: Error, wentOn: boolean): Promise<Error> {
    if (
      !(failure instanceof SyncError) ||
      failure.code !== 'file-unreadable' ||
      this.source.profile.holds === 'sheets'
    )
      return failure;
    if (wentOn && this.source.profile.extension.startsWith('geojson'))
      return refuseNamedReference(this.head, failure);
    const { referenceName } = this.source;
    const layers = await listLayers(this.source).catch(() => []);
    const layer = layers.find(({ layer: { name } }) => name === (this.options.layer ?? name))?.layer;
    return layer?.srid === 0
      ? new SyncError('crs-unknown', referenceName ?? 'its layer names no coordinate reference system', {
          cause: failure,
        })
      : failure;
  }

  /** A file without rows may say why it has none. */
  private refuseNothing(): void {
    if (this.source.profile === gdalProfiles.kml) refuseLinksOnly(this.head);
  }

  private async takeSample({ rows }: Passage): Promise<void> {
    let bytes = 0;
    while (bytes < sampleBytes) {
      const next = await rows.next();
      if (next.done === true) break;
      this.sample.push(next.value);
      bytes += next.value.length;
    }
  }

  private sheetColumns({ fields }: DumpedLayer): ReaderColumn[] {
    const named = this.options.hasHeader !== false;
    return fields.map(({ name }) => ({ header: named ? name : null, type: null }));
  }

  private scan(layer: DumpedLayer, pieces: readonly Buffer[], sink: RowSink, firstRow: number): number {
    const kinds = layer.fields.map(({ kind }) => kind);
    let row = firstRow;
    for (const piece of pieces) row += scanCopyText(piece, kinds, sink, row);
    return row;
  }

  private async read(sink: RowSink, pause: () => Promise<void>): Promise<void> {
    const passage = this.current ?? (await this.startPassage());
    // Whoever reads again starts again.
    this.current = null;
    const sample = this.sample;
    this.sample = [];
    try {
      let row = 1;
      for (const piece of sample) {
        row = this.scan(passage.layer, [piece], sink, row);
        await pause();
      }
      for await (const piece of passage.rows) {
        row = this.scan(passage.layer, [piece], sink, row);
        await pause();
      }
    } finally {
      await passage.process.kill();
    }
  }
}
