import type { PlaceChanges } from '../geometry/describe-places.js';
import type { PlaceEvidence } from '../geometry/place-evidence.js';
import type { CopyEncoder, LoadPlan } from './copy-encoder.js';

/** One reading of a file, and how its rows are written. */
export interface LoadPass {
  readonly names: readonly string[];
  readonly plan: LoadPlan;
  readonly encoder: CopyEncoder;
  readonly places: PlaceEvidence;
}

/** Reads a file and writes its rows; false when what was written is worth nothing. */
export type ReadRows = (write: (pieces: readonly Buffer[]) => Promise<void>) => Promise<boolean>;

/** Where the rows of a file go. */
export interface LoadTarget {
  /**
   * Takes the rows of one pass from the beginning, in place of those of a pass before; what `read` throws leaves nothing.
   * Returns what became of the geometries afterwards.
   */
  load(pass: LoadPass, read: ReadRows): Promise<PlaceChanges>;
}

/** Nothing became of them. */
export const noChanges: PlaceChanges = { repaired: 0, vanished: 0, lost: 0 };
