import type { AccountLimits } from '@tidetable/contracts';
import type { ImporterEnv } from './importer.env.js';

/** What bounds an import. */
export type ImportLimits = Required<Omit<AccountLimits, 'fileBytes' | 'tableBytes'>>;

/** The limits of an account: its own, and those of the installation where it has none. */
export function limitsOf(env: ImporterEnv, own: AccountLimits = {}): ImportLimits {
  return {
    rows: own.rows ?? env.ROWS_MAX,
    columns: own.columns ?? env.COLUMNS_MAX,
    vertices: own.vertices ?? env.VERTICES_MAX,
    layers: own.layers ?? env.LAYERS_MAX,
  };
}
