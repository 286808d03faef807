/** How the records of a file are written. */
export interface RecordForm {
  readonly delimiter: number;
  /** How many fields a row may have; 0 when that is not known yet. */
  readonly columns: number;
}

/** Where a scan stands in the file; one object is kept through all chunks. */
export interface ScanPosition {
  /** The line on which the next record begins, from 1. Any of LF, CRLF and CR ends a line. */
  line: number;
  /** How much was read twice so far, in bytes. */
  readAgainBytes?: number;
}
