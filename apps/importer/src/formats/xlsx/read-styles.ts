import { builtInKind, type CellKind, kindOfFormat } from './number-format.js';
import type { Tag } from './read-tags.js';

/** What numbers mean in cells of each style, by the tags of the part with the styles (ECMA-376 part 1, 18.8). */
export function kindsOfStyles(tags: readonly Tag[]): CellKind[] {
  const formats = new Map<number, CellKind>();
  const kinds: CellKind[] = [];
  let isCellStyle = false;
  for (const { name, attributes } of tags) {
    const id = Number(attributes.get('numFmtId') ?? 0);
    if (name === 'numFmt') formats.set(id, kindOfFormat(attributes.get('formatCode') ?? ''));
    else if (name === 'cellXfs') isCellStyle = true;
    else if (name === '/cellXfs') isCellStyle = false;
    else if (name === 'xf' && isCellStyle) kinds.push(formats.get(id) ?? builtInKind(id));
  }
  return kinds;
}
