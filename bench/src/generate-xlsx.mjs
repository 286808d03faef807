/** A workbook of the same rows as the long CSV. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { generateCsv } from './generate-csv.mjs';

const run = promisify(execFile);
const sheet = 'xl/worksheets/sheet1.xml';

/**
 * Written by GDAL, with the one thing added that Excel and LibreOffice write and GDAL does not: how far the sheet
 * reaches.
 */
export async function generateXlsx(rows, path) {
  const folder = await mkdtemp(join(tmpdir(), 'tidetable-bench-xlsx-'));
  try {
    const source = join(folder, 'rows.csv');
    await generateCsv(rows, source);
    await run('ogr2ogr', ['-f', 'XLSX', path, source, '-oo', 'AUTODETECT_TYPE=YES']);
    await run('unzip', ['-q', path, sheet, '-d', folder]);
    const text = await readFile(join(folder, sheet), 'utf8');
    const dimension = `<dimension ref="A1:L${rows + 1}"/>`;
    await writeFile(
      join(folder, sheet),
      text.replace(/(?=<sheetViews|<sheetFormatPr|<cols|<sheetData)/, dimension),
    );
    await run('zip', ['-q', path, sheet], { cwd: folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
