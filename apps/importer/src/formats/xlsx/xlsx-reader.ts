import { SyncError } from '@tidetable/contracts';
import type { Archive } from '../../unpack/archive.js';
import { createScratchFile } from '../../unpack/scratch-file.js';
import { describeNames } from '../list-names.js';
import { openFile } from '../open-file.js';
import type { RowSink } from '../row-sink.js';
import type { OpenableFile, TableReader } from '../table-reader.js';
import { describeSheet } from './describe-sheet.js';
import { findParts, type SheetPart, type WorkbookParts } from './find-parts.js';
import { readSharedStrings } from './read-shared-strings.js';
import { kindsOfStyles } from './read-styles.js';
import { readTags } from './read-tags.js';
import type { RowCells } from './row-cells.js';
import { scanPart } from './scan-part.js';
import { SheetScanner } from './sheet-scanner.js';
import { SheetSurvey, type SheetTable } from './survey-sheet.js';
import type { ValueRules } from './write-cell.js';

/** How a workbook is read. */
export interface XlsxOptions {
  /** The only sheet that may be the table; without it is the first with rows. */
  readonly layer?: string | undefined;
  readonly signal: AbortSignal;
}

/** A sheet that is the table. */
interface ChosenSheet {
  readonly sheet: SheetPart;
  readonly file: OpenableFile;
  readonly table: SheetTable;
  /** Other sheets that have rows, by name. */
  readonly others: readonly string[];
}

/**
 * Opens a workbook of Excel 2007 or later: the first of its sheets that has rows, hidden ones last. The rows are read as
 * they are unpacked, of the rest of the workbook only the shared texts are kept.
 *
 * @throws SyncError `file-unreadable`, `layer-unknown`, `file-without-rows`, `file-type-unsupported` or `text-encoding-invalid`
 */
export async function openXlsx(document: Archive, options: XlsxOptions): Promise<TableReader> {
  const parts = await findParts(document);
  const rules = await readRules(document, parts);
  try {
    const chosen = await chooseSheet(document, parts.sheets, rules, options);
    return new XlsxReader(chosen, rules, options.signal);
  } catch (error) {
    await rules.strings.close();
    throw error;
  }
}

async function readRules(document: Archive, parts: WorkbookParts): Promise<ValueRules> {
  const kinds = parts.styles === null ? [] : kindsOfStyles(await readTags(document, parts.styles));
  const content = parts.sharedStrings === null ? null : await document.open(parts.sharedStrings);
  return { kinds, strings: await readSharedStrings(content, createScratchFile), is1904: parts.is1904 };
}

async function chooseSheet(
  document: Archive,
  sheets: readonly SheetPart[],
  rules: ValueRules,
  { layer, signal }: XlsxOptions,
): Promise<ChosenSheet> {
  const candidates = layer === undefined ? visibleFirst(sheets) : [findSheet(sheets, layer)];
  for (const sheet of candidates) {
    const file = await openFile(() => document.open(sheet.part));
    const table = await findTable(sheet, file, rules, signal);
    if (table === null) continue;
    const others: string[] = [];
    for (const other of sheets) {
      if (other !== sheet && (await hasValues(document, other, rules, signal))) others.push(other.name);
    }
    return { sheet, file, table, others };
  }
  throw new SyncError('file-without-rows');
}

function visibleFirst(sheets: readonly SheetPart[]): SheetPart[] {
  return [...sheets.filter(({ isHidden }) => !isHidden), ...sheets.filter(({ isHidden }) => isHidden)];
}

function findSheet(sheets: readonly SheetPart[], name: string): SheetPart {
  const sheet =
    sheets.find((other) => other.name === name) ??
    sheets.find((other) => other.name.toLowerCase() === name.toLowerCase());
  if (sheet === undefined)
    throw new SyncError('layer-unknown', describeNames(sheets.map((other) => other.name)));
  return sheet;
}

/**
 * Where the table of a sheet is. Its beginning tells, when the sheet says how far it reaches and that agrees; else it is
 * read to its end, since a later row may have more columns.
 */
async function findTable(
  sheet: SheetPart,
  file: OpenableFile,
  rules: ValueRules,
  signal: AbortSignal,
): Promise<SheetTable | null> {
  const beginning = new SheetSurvey();
  const scanner = new SheetScanner(titleOf(sheet), rules, (cells) => beginning.take(cells));
  scanner.scan(file.head);
  if (scanner.isWhole || beginning.isBoundedBy(scanner.dimension)) return beginning.findTable();
  const whole = new SheetScanner(titleOf(sheet), rules, (cells) => beginning.take(cells));
  if (beginning.findTable() !== null) whole.knownColumns = beginning.columns;
  await scanSheet(sheet, await file.open(), whole, async () => signal.throwIfAborted());
  return beginning.findTable();
}

async function hasValues(
  document: Archive,
  sheet: SheetPart,
  rules: ValueRules,
  signal: AbortSignal,
): Promise<boolean> {
  let found = false;
  const scanner: SheetScanner = new SheetScanner(titleOf(sheet), rules, () => {
    found = true;
    scanner.isStopped = true;
  });
  await scanSheet(sheet, await document.open(sheet.part), scanner, async () => signal.throwIfAborted());
  return found;
}

async function scanSheet(
  sheet: SheetPart,
  content: AsyncIterable<Buffer>,
  scanner: SheetScanner,
  pause: () => Promise<void>,
): Promise<void> {
  await scanPart(
    titleOf(sheet),
    content,
    (bytes) => {
      const scanned = scanner.scan(bytes);
      return scanner.isStopped ? null : scanned;
    },
    pause,
  );
  if (!scanner.isStopped && !scanner.isWhole) throw scanner.broken('ends early');
}

function titleOf({ name }: SheetPart): string {
  return `sheet ${name}`;
}

const nothing = Buffer.alloc(0);

/** The values of a row, separated by tabs as when they are copied out of a sheet. */
function rowText(cells: RowCells): string {
  return Array.from({ length: cells.last + 1 }, (_, column) => cells.text(column)).join('\t');
}

class XlsxReader implements TableReader {
  readonly columns: TableReader['columns'];
  readonly warnings: string[] = [];
  readonly otherLayers: readonly string[];

  constructor(
    private readonly chosen: ChosenSheet,
    private readonly rules: ValueRules,
    private readonly signal: AbortSignal,
  ) {
    this.otherLayers = chosen.others;
    this.columns = chosen.table.headers.map((header) => ({ header, type: null }));
  }

  readSample(sink: RowSink): void {
    this.scannerInto(sink).scan(this.chosen.file.head);
  }

  async read(sink: RowSink, pause: () => Promise<void>): Promise<void> {
    const { sheet, file, table, others } = this.chosen;
    const scanner = this.scannerInto(sink);
    await scanSheet(sheet, await file.open(), scanner, async () => {
      this.signal.throwIfAborted();
      await pause();
    });
    const told = describeSheet(sheet.name, table, others, scanner.counts, scanner.mergedRanges);
    this.warnings.splice(0, this.warnings.length, ...told);
  }

  close(): Promise<void> {
    return this.rules.strings.close();
  }

  private scannerInto(sink: RowSink): SheetScanner {
    const { sheet, table } = this.chosen;
    const { firstColumn, lastColumn } = table;
    let before = table.rowsBefore;
    const take = (cells: RowCells): void => {
      if (before > 0) {
        before--;
        return;
      }
      if (cells.first < firstColumn || cells.last > lastColumn) {
        // Nothing at the beginning of the sheet said so.
        const row = Buffer.from(rowText(cells));
        sink.rejectRow(cells.number, 'fields-too-many', row, 0, row.length);
        return;
      }
      for (let column = firstColumn; column <= lastColumn; column++) {
        if (cells.has(column)) {
          sink.field(cells.source(column), cells.start(column), cells.end(column), cells.isText(column));
        } else sink.field(nothing, 0, 0, false);
      }
      sink.endRow(cells.number);
    };
    return new SheetScanner(titleOf(sheet), this.rules, take);
  }
}
