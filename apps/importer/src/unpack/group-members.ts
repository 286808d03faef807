import { byCodeUnits } from './order-names.js';

/** A table in an archive: a file, or several that are one table only together. */
export interface MemberGroup {
  /** What it is called: the file that says what the table is, or the folder of a geodatabase. */
  readonly name: string;
  /** The member whose content tells what it is. */
  readonly main: string;
  /** The other members, each by the name that it has beside the first, or within the folder: `.dbf`, `gdb`. */
  readonly companions: ReadonlyMap<string, string>;
  readonly isFolder: boolean;
}

/** The extensions of files that belong to the file with the same name and this extension. */
const companionsOf: Readonly<Record<string, readonly string[]>> = {
  '.shp': ['.dbf', '.shx', '.prj', '.cpg'],
  '.tab': ['.dat', '.map', '.id', '.ind'],
  '.mif': ['.mid'],
};

/** The file that every file geodatabase has: the list of its tables. */
const geodatabaseCatalogue = /(^|[/\\])a00000001\.gdbtable$/i;

/**
 * Puts together what belongs together among an archive's members: the files of a shapefile or of a MapInfo table, which
 * have one name but for its extension (in upper case or lower case), and the folder of a file geodatabase. Everything
 * else stands for itself.
 */
export function groupMembers(names: readonly string[]): MemberGroup[] {
  const folders = names.filter((name) => geodatabaseCatalogue.test(name)).map(folderOf);
  const isInFolder = (name: string): boolean => folders.includes(folderOf(name));
  const files = names.filter((name) => !isInFolder(name)).toSorted(byCodeUnits);
  const groups = files.filter((name) => extensionOf(name) in companionsOf).map((main) => around(main, files));
  const taken = new Set(groups.flatMap(({ main, companions }) => [main, ...companions.values()]));
  return [
    ...folders.map((folder) => geodatabase(folder, names)),
    ...groups,
    ...files
      .filter((name) => !taken.has(name))
      .map((name) => ({ name, main: name, companions: new Map<string, string>(), isFolder: false })),
  ];
}

function around(main: string, files: readonly string[]): MemberGroup {
  const stem = stemOf(main);
  const companions = new Map<string, string>();
  for (const extension of companionsOf[extensionOf(main)]!) {
    const candidates = files.filter(
      (name) => extensionOf(name) === extension && stemOf(name).toLowerCase() === stem.toLowerCase(),
    );
    // Names that differ in upper and lower case only are told apart where they can be.
    const companion = candidates.find((name) => stemOf(name) === stem) ?? candidates[0];
    if (companion !== undefined) companions.set(extension, companion);
  }
  return { name: main, main, companions, isFolder: false };
}

function geodatabase(folder: string, names: readonly string[]): MemberGroup {
  const members = names.filter((name) => folderOf(name) === folder);
  const main = members.find((name) => geodatabaseCatalogue.test(name))!;
  return {
    name: folder === '' ? main : folder,
    main,
    companions: new Map(members.map((name) => [name.slice(folder === '' ? 0 : folder.length + 1), name])),
    isFolder: true,
  };
}

function folderOf(name: string): string {
  const at = lastSeparator(name);
  return at === -1 ? '' : name.slice(0, at);
}

function stemOf(name: string): string {
  return name.slice(0, name.length - extensionOf(name).length);
}

/** In lower case, with its dot; nothing where there is none. */
function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > lastSeparator(name) ? name.slice(dot).toLowerCase() : '';
}

/** Some archives are made with the separators of Windows. */
function lastSeparator(name: string): number {
  return Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\'));
}
