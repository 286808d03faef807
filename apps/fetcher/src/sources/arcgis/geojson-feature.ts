import { sliceMembers } from '../feature-pages/slice-members.js';
import { type EsriGeometry, geoJsonGeometry } from './esri-geometry.js';

const none = Buffer.from('null');

/**
 * A feature of ArcGIS, in its own JSON or in its GeoJSON, as GeoJSON. Dates become ISO 8601 (they are milliseconds
 * since 1970); every other value is as the service wrote it, to the last digit.
 */
export function geoJsonFeature(feature: Buffer, dateFields: ReadonlySet<string>): Buffer {
  const members = sliceMembers(feature);
  const attributes = members.get('properties') ?? members.get('attributes') ?? none;
  const geometry = members.has('attributes')
    ? Buffer.from(JSON.stringify(geoJsonGeometry(parseGeometry(members.get('geometry')))))
    : (members.get('geometry') ?? none);
  return Buffer.concat([
    Buffer.from('{"type":"Feature","properties":'),
    withDates(attributes, dateFields),
    Buffer.from(',"geometry":'),
    geometry,
    Buffer.from('}'),
  ]);
}

function parseGeometry(json: Buffer | undefined): EsriGeometry | null {
  return json === undefined ? null : (JSON.parse(json.toString('utf8')) as EsriGeometry | null);
}

function withDates(attributes: Buffer, dateFields: ReadonlySet<string>): Buffer {
  if (dateFields.size === 0 || attributes.equals(none)) return attributes;
  const parts: Buffer[] = [];
  for (const [name, value] of sliceMembers(attributes)) {
    parts.push(Buffer.from(`${parts.length === 0 ? '' : ','}${JSON.stringify(name)}:`));
    parts.push(dateFields.has(name) ? isoDate(value) : value);
  }
  return Buffer.concat([Buffer.from('{'), ...parts, Buffer.from('}')]);
}

function isoDate(value: Buffer): Buffer {
  const text = value.toString('latin1');
  const date = /^-?\d{1,16}$/.test(text) ? new Date(Number(text)) : null;
  return date === null || Number.isNaN(date.getTime()) ? value : Buffer.from(`"${date.toISOString()}"`);
}
