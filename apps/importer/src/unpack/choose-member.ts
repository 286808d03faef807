/** Files that belong to others, or that people read: never a table. */
const companions =
  /\.(shp|shx|dbf|prj|cpg|sbn|sbx|qpj|qmd|xml|html?|md|pdf|docx?|png|jpe?g|gif|svg|css|js)$/i;
const delimited = /\.(csv|tsv|tab|psv)(\.(gz|gzip))?$/i;
const textsAndContainers = /\.(txt|dat|gz|gzip|tgz|tar|zip)$/i;

/** The member that is the table, and others that could have been. */
export interface ChosenMember {
  name: string;
  others: string[];
}

/**
 * Chooses the table among an archive's members: the first by name of those whose names say most clearly that they are
 * tables. First come delimited texts; then plain texts, files without an extension and further containers; then
 * everything else, since a wrong extension must not sink a good file. `null` when there is nothing to choose.
 */
export function chooseMember(names: readonly string[]): ChosenMember | null {
  const sorted = names.filter((name) => !companions.test(name)).sort(byCodeUnits);
  for (const isLikely of [isDelimited, isTextOrContainer, () => true]) {
    const [name, ...others] = sorted.filter(isLikely);
    if (name !== undefined) return { name, others };
  }
  return null;
}

const isDelimited = (name: string): boolean => delimited.test(name);

const isTextOrContainer = (name: string): boolean => textsAndContainers.test(name) || !/\.[^./]*$/.test(name);

/** The same everywhere, whatever the language of the machine. */
function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
