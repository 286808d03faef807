/** What each row of a file of JSON is made of. */
export type ItemKind = 'objects' | 'arrays' | 'features';

/** Where the rows of a file of JSON are. */
export interface JsonLayout {
  /** The elements of one array, or values one after the other. */
  readonly holds: 'array' | 'sequence';
  readonly items: ItemKind;
  /** Where the first element, or value, is looked for. */
  readonly offset: number;
  /** The opening bytes of what is open around the elements, the array itself last. */
  readonly enclosing: readonly number[];
  /** The text of a `crs` member that stands before the rows. */
  readonly crs: string | null;
  /** Whether it is the JSON of Esri's servers, which is read by GDAL. */
  readonly isEsri: boolean;
  /** Names of other arrays that could have been the table. */
  readonly others: readonly string[];
}
