import { driveBadRequest } from './drive-errors.js';

/** What a mask asks for: names, each with a mask of its own where only a part of it is wanted. */
interface FieldMask {
  readonly [name: string]: FieldMask | 'all';
}

/**
 * A partial response by Google's `fields`, e.g. `id,owners(displayName),files/name,*`.
 *
 * @throws Refusal when the mask can't be read; names that an object happens not to have are left out
 */
export function selectFields(value: object, fields: string): object {
  const { mask, rest } = parseMask(fields);
  if (rest !== '') throw driveBadRequest(`Invalid field selection ${rest}`, 'invalidParameter');
  return select(value, mask) as object;
}

function select(value: unknown, mask: FieldMask): unknown {
  if (Array.isArray(value)) return value.map((each) => select(each, mask));
  if (typeof value !== 'object' || value === null || mask['*'] !== undefined) return value;
  const entries = Object.entries(value).flatMap(([name, part]): [string, unknown][] => {
    const wanted = Object.hasOwn(mask, name) ? mask[name] : undefined;
    if (wanted === undefined) return [];
    return [[name, wanted === 'all' ? part : select(part, wanted)]];
  });
  return Object.fromEntries(entries);
}

function parseMask(text: string): { mask: FieldMask; rest: string } {
  const mask: Record<string, FieldMask | 'all'> = {};
  let rest = text;
  for (let more = true; more;) {
    const path = /^(?:[A-Za-z0-9]+\/)*(?:[A-Za-z0-9]+|\*)/.exec(rest)?.[0];
    if (path === undefined) throw driveBadRequest(`Invalid field selection ${rest}`, 'invalidParameter');
    rest = rest.slice(path.length);
    let inner: FieldMask | 'all' = 'all';
    if (rest.startsWith('(')) {
      const parsed = parseMask(rest.slice(1));
      if (!parsed.rest.startsWith(')')) throw driveBadRequest('Invalid field selection', 'invalidParameter');
      inner = parsed.mask;
      rest = parsed.rest.slice(1);
    }
    const [name = '', ...below] = path.split('/');
    mask[name] = below.reduceRight<FieldMask | 'all'>((deeper, each) => ({ [each]: deeper }), inner);
    more = rest.startsWith(',');
    if (more) rest = rest.slice(1);
  }
  return { mask, rest };
}
