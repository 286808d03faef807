/** Writes Parquet files in a single group of rows, with pages of a megabyte, as most programs do. */
import { parquetWriteFile } from 'hyparquet-writer';

/** Six columns: an id, a name, a kind of a few, a number, and longitude and latitude. */
export function generateParquet(rows, path) {
  const ids = new Int32Array(rows);
  for (let i = 0; i < rows; i++) ids[i] = i;
  const data = (make) => Array.from(ids, make);
  const columnData = [
    { name: 'id', type: 'INT32', data: ids },
    { name: 'name', type: 'STRING', data: data((i) => `station ${(i * 7919) % 1_000_003}`) },
    { name: 'kind', type: 'STRING', data: data((i) => `kind ${i % 17}`) },
    { name: 'amount', type: 'DOUBLE', data: data((i) => ((i * 7919) % 100_000) / 100) },
    { name: 'lon', type: 'DOUBLE', data: data((i) => ((i * 104_729) % 360_000_000) / 1e6 - 180) },
    { name: 'lat', type: 'DOUBLE', data: data((i) => ((i * 15_485_863) % 160_000_000) / 1e6 - 80) },
  ];
  parquetWriteFile({ filename: path, columnData, rowGroupSize: rows });
}
