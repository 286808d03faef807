import type { TablePlan } from '@tidetable/contracts';
import type { Plan } from './plan-schema.js';

/** A plan in the words of version 2. */
export function presentPlan({ file, columns, geometry, rows, rejected, ...plan }: TablePlan): Plan {
  return {
    file: {
      name: file.name,
      format: file.format,
      bytes: file.bytes,
      member: file.member,
      other_members: file.otherMembers,
      layer: file.layer,
      other_layers: file.otherLayers,
    },
    columns,
    geometry: geometry === null ? null : presentGeometry(geometry),
    rows,
    rejected,
    first_rows: {
      columns: plan.fileColumns.map((name) => name ?? ''),
      rows: plan.firstRows,
    },
    warnings: plan.warnings,
    difference: plan.difference,
  };
}

function presentGeometry({
  type,
  from,
  columns,
  srids,
  rows,
  bounds,
}: NonNullable<TablePlan['geometry']>): Plan['geometry'] {
  const systems = srids.length === 0 ? [4326] : srids;
  return { type, from, columns, reference_systems: systems.map((srid) => `EPSG:${srid}`), rows, bounds };
}
