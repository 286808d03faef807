import { SyncError } from '@tidetable/contracts';

/** How values are stored, in the order in which Parquet numbers the types. */
export const storedTypes = [
  'BOOLEAN',
  'INT32',
  'INT64',
  'INT96',
  'FLOAT',
  'DOUBLE',
  'BYTE_ARRAY',
  'FIXED_LEN_BYTE_ARRAY',
] as const;
export type StoredType = (typeof storedTypes)[number];

/** In the order in which Parquet numbers them. */
export const repetitions = ['required', 'optional', 'repeated'] as const;

/** What values mean beyond how they are stored. */
export type Meaning =
  | { readonly kind: 'text' | 'list' | 'map' | 'day' | 'uuid' | 'halfFloat' | 'interval' }
  | { readonly kind: 'decimal'; readonly scale: number }
  | { readonly kind: 'time' | 'timestamp'; readonly unitsPerSecond: number; readonly isUtc: boolean }
  | { readonly kind: 'integer'; readonly bits: number; readonly isSigned: boolean }
  | { readonly kind: 'geometry'; readonly crs: string | null };

/** An element as the file lists it, parents before their children. */
export interface SchemaElement {
  readonly name: string;
  readonly repetition: (typeof repetitions)[number];
  readonly storedType: StoredType | null;
  /** Of values of a fixed length. */
  readonly bytes: number;
  readonly meaning: Meaning | null;
  readonly childrenCount: number;
}

/** An element with its place. */
export interface SchemaNode extends SchemaElement {
  readonly children: readonly SchemaNode[];
  /** How much of the path is there where this is: the optional and repeated elements down to it. */
  readonly definition: number;
  /** How many of them are repeated. */
  readonly repetitionLevel: number;
  /** The leaves in it, by their number in the whole schema. */
  readonly firstLeaf: number;
  readonly leavesEnd: number;
}

const depthMax = 60;
const leavesMax = 20_000;

/**
 * Makes a tree of the elements, which begin with the root.
 *
 * @throws RangeError when they make none, SyncError `columns-too-many` when it has too many leaves
 */
export function plantSchema(elements: readonly SchemaElement[]): SchemaNode {
  let at = 0;
  let leaves = 0;
  const plant = (definition: number, repetitionLevel: number, depth: number): SchemaNode => {
    const element = elements[at++];
    if (element === undefined || depth > depthMax) throw new RangeError('the schema is no tree');
    const isRoot = depth === 0;
    const own = {
      definition: definition + (isRoot || element.repetition === 'required' ? 0 : 1),
      repetitionLevel: repetitionLevel + (!isRoot && element.repetition === 'repeated' ? 1 : 0),
    };
    const firstLeaf = leaves;
    const children: SchemaNode[] = [];
    for (let i = 0; i < element.childrenCount; i++) {
      children.push(plant(own.definition, own.repetitionLevel, depth + 1));
    }
    if (children.length === 0) {
      refuseLeaf(element, isRoot);
      if (++leaves > leavesMax) {
        throw new SyncError('columns-too-many', `it has more than ${leavesMax}, with parts of columns`);
      }
    }
    return { ...element, ...own, children, firstLeaf, leavesEnd: leaves };
  };
  const root = plant(0, 0, 0);
  if (at !== elements.length) throw new RangeError('the schema is no tree');
  return root;
}

function refuseLeaf({ storedType, bytes }: SchemaElement, isRoot: boolean): void {
  if (isRoot) return;
  const isFixed = storedType === 'FIXED_LEN_BYTE_ARRAY';
  if (storedType === null || (isFixed && !(bytes > 0))) throw new RangeError('a leaf has no type');
}

/** All leaves, in their order. */
export function leavesOf(node: SchemaNode): SchemaNode[] {
  return node.children.length === 0 ? [node] : node.children.flatMap(leavesOf);
}
