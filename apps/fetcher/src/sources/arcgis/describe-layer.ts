import { SyncError } from '@tidetable/contracts';

/** What a layer says of itself, as far as reading it needs. */
export interface LayerDescription {
  readonly name: string;
  /** `null` when there is none: then pages have no order. */
  readonly idField: string | null;
  readonly dateFields: ReadonlySet<string>;
  /** The most features of one answer. */
  readonly pageSizeMax: number;
  readonly hasPages: boolean;
  readonly hasGeoJson: boolean;
  /** When somebody last changed a row, in ms since 1970; `null` when the layer does not tell. */
  readonly editedAt: number | null;
}

type Json = Readonly<Record<string, unknown>>;

/** Servers that don't tell gave so many before that could be set. */
const pageSizeDefault = 1_000;
/** More make answers that take long and fail often. */
const pageSizeMaxOurs = 2_000;

/** @throws SyncError when it is no layer with rows. */
export function describeLayer(json: Json): LayerDescription {
  const { name, type, fields, maxRecordCount, supportedQueryFormats } = json;
  if (typeof type === 'string' && !/feature layer|table/i.test(type))
    throw new SyncError('source-service-error', 'the layer has no features of its own');
  const known = (Array.isArray(fields) ? fields : []) as readonly { name?: unknown; type?: unknown }[];
  const named = (wanted: string): string[] =>
    known.filter((field) => field.type === wanted).map((field) => String(field.name));
  const { advancedQueryCapabilities: advanced, editingInfo: editing } = json as Record<
    string,
    Json | undefined
  >;
  return {
    name: typeof name === 'string' ? name : '',
    idField:
      typeof json['objectIdField'] === 'string'
        ? json['objectIdField']
        : (named('esriFieldTypeOID')[0] ?? null),
    dateFields: new Set(named('esriFieldTypeDate')),
    pageSizeMax: Math.min(positive(maxRecordCount) ?? pageSizeDefault, pageSizeMaxOurs),
    hasPages: advanced?.['supportsPagination'] === true || json['supportsPagination'] === true,
    hasGeoJson: typeof supportedQueryFormats === 'string' && /geojson/i.test(supportedQueryFormats),
    editedAt: positive(editing?.['dataLastEditDate']) ?? positive(editing?.['lastEditDate']),
  };
}

/**
 * The one layer or table of a service.
 * @throws SyncError source-layer-needed when it has several, or none.
 */
export function onlyLayerOf({ layers, tables }: Json): number {
  const all = [layers, tables].flatMap((each) => (Array.isArray(each) ? (each as { id?: unknown }[]) : []));
  const id = all[0]?.id;
  if (all.length !== 1 || typeof id !== 'number')
    throw new SyncError('source-layer-needed', `${all.length} layers`);
  return id;
}

function positive(value: unknown): number | null {
  return typeof value === 'number' && value > 0 ? value : null;
}
