import { SyncError } from '@tidetable/contracts';
import { groupMembers, type MemberGroup } from './group-members.js';
import { describeNames } from '../formats/list-names.js';
import { byCodeUnits } from './order-names.js';

/** Files that belong to others, or that people read: never a table. */
const companions =
  /\.(shx|dbf|prj|cpg|cst|sb[nx]|fb[nx]|ai[nh]|atx|ixs|mxs|qix|qpj|qmd|qml|qlr|sld|lyrx?|shp\.xml|aux\.xml|html?|md|pdf|docx?|pptx?|png|jpe?g|gif|svg|webp|css|js)$/i;
/** What tells of tables, in formats that tables have too. */
const descriptions =
  /(^|[/\\])(metadata|manifest|datapackage|visualization[^/\\]*)\.json$|\.carto\.json$|\.xml$/i;
const packed = '(\\.(gz|gzip|bz2|zst|zstd))?';
const delimited = new RegExp(`\\.(csv|tsv|tab|psv)${packed}$`, 'i');
const formats = new RegExp(
  `\\.(shp|mif|gdb|gpkg|geojsonl?|geojsons|json|jsonl|ndjson|topojson|kml|gpx|gml|fgb|osm|pbf|(geo)?parquet|xlsx|xls|ods)${packed}$`,
  'i',
);
const containers = /\.(gz|gzip|tgz|bz2|tbz2?|zst|zstd|tar|zip|kmz|carto)$/i;
const texts = /\.(txt|dat)$/i;

/** The member that is the table, and others that could have been. */
export interface ChosenMember {
  member: MemberGroup;
  others: string[];
  /** What was asked for within the member, which is an archive itself; `null` for nothing. */
  within: string | null;
}

/**
 * Chooses the table among an archive's members: the first by name of those whose names say most clearly that they are
 * tables. First come delimited texts; then the formats of geo data, spreadsheets and others; then further containers;
 * then plain texts and files without an extension; then everything else, since a wrong extension must not sink a good
 * file. `null` when there is nothing to choose.
 */
export function chooseMember(names: readonly string[]): ChosenMember | null {
  const groups = candidatesOf(names);
  const ranks = [isDelimited, isFormat, isContainer, isText, () => true];
  const rankOf = (group: MemberGroup): number => ranks.findIndex((isLikely) => isLikely(group));
  const [first, ...others] = groups
    .map((group) => ({ group, rank: rankOf(group) }))
    .toSorted(
      (a, b) => a.rank - b.rank || byRoot(a.group, b.group) || byCodeUnits(a.group.name, b.group.name),
    );
  if (first === undefined) return null;
  // Beside a table, plain texts and the like are hardly others.
  const rankMax = Math.max(first.rank, ranks.indexOf(isContainer));
  return {
    member: first.group,
    others: others.filter(({ rank }) => rank <= rankMax).map(({ group }) => group.name),
    within: null,
  };
}

/**
 * The member that was asked for: by its whole name, or by the last part of it where only one has that; in upper or
 * lower case where only one has it then. `a.zip/ports.csv` asks for a member of an archive in the archive.
 *
 * @throws SyncError `member-unknown`, which tells the names that are there
 */
export function findMember(names: readonly string[], asked: string): ChosenMember {
  const groups = groupMembers(names);
  const lower = asked.toLowerCase();
  const lastPart = (name: string): string => name.split(/[/\\]/).at(-1)!;
  const matches: ((name: string) => boolean)[] = [
    (name) => name === asked,
    (name) => lastPart(name) === asked,
    (name) => name.toLowerCase() === lower,
    (name) => lastPart(name).toLowerCase() === lower,
  ];
  for (const isAsked of matches) {
    const found = groups.filter(({ name }) => isAsked(name));
    if (found.length === 1) return { member: found[0]!, others: [], within: null };
  }
  const outer = groups.find(({ name }) => asked.startsWith(`${name}/`));
  if (outer !== undefined) return { member: outer, others: [], within: asked.slice(outer.name.length + 1) };
  throw new SyncError('member-unknown', describeNames(candidatesOf(names).map(({ name }) => name)));
}

function candidatesOf(names: readonly string[]): MemberGroup[] {
  return groupMembers(names)
    .filter(({ name, isFolder }) => isFolder || !companions.test(name))
    .toSorted((a, b) => byCodeUnits(a.name, b.name));
}

const isDelimited = ({ name, companions: parts }: MemberGroup): boolean =>
  delimited.test(name) && parts.size === 0;

const isFormat = ({ name, companions: parts, isFolder }: MemberGroup): boolean =>
  isFolder || parts.size > 0 || (formats.test(name) && !descriptions.test(name));

const isContainer = ({ name }: MemberGroup): boolean => containers.test(name);

const isText = ({ name }: MemberGroup): boolean =>
  (texts.test(name) || !/\.[^./\\]*$/.test(name)) && !descriptions.test(name);

/** The document that a KMZ file begins with comes before all others. */
function byRoot(a: MemberGroup, b: MemberGroup): number {
  return Number(b.name === kmzRoot) - Number(a.name === kmzRoot);
}

/** What the document of a KMZ file is always called. */
export const kmzRoot = 'doc.kml';
