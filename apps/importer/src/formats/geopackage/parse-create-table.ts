/** A column as the statement that made its table has it. */
export interface SqliteColumn {
  readonly name: string;
  /** The type in capital letters, as `TEXT(20)`; nothing where there is none. */
  readonly type: string;
  /** Whether rows that were there before the column have another value than NULL in it. */
  readonly hasDefault: boolean;
}

/** A table whose rows are numbered. */
export interface SqliteTable {
  readonly columns: readonly SqliteColumn[];
  /** The column that is the number of each row; `null` where none is. */
  readonly key: number | null;
  /** Whether it has a key that is something else. */
  readonly hasOtherKey: boolean;
}

const token =
  /\s+|--[^\n]*(?:\n|$)|\/\*[^]*?(?:\*\/|$)|("(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|'(?:[^']|'')*')|([\p{L}_$\d.]+)|([^])/guy;

/** A word, in capitals where it stands without quotes; `name` is how it is meant where it names something. */
interface Word {
  readonly keyword: string;
  readonly name: string;
}

const tableConstraints = new Set(['CONSTRAINT', 'PRIMARY', 'UNIQUE', 'CHECK', 'FOREIGN']);
const columnConstraints = new Set([
  ...['CONSTRAINT', 'PRIMARY', 'NOT', 'NULL', 'UNIQUE', 'CHECK'],
  ...['DEFAULT', 'COLLATE', 'REFERENCES', 'GENERATED', 'AS', 'ON'],
]);

/**
 * Reads the statement that made a table; `null` for one that is not of the usual sort: with columns that are computed, or
 * without numbers of rows.
 */
export function parseCreateTable(sql: string): SqliteTable | null {
  const words = wordsOf(sql);
  const begin = words.findIndex(({ keyword }) => keyword === '(');
  const isPlain = /^CREATE TABLE( IF NOT EXISTS)? [^ ]*$/.test(
    words
      .slice(0, begin)
      .map(({ keyword }) => keyword || 'x')
      .join(' '),
  );
  if (begin === -1 || !isPlain) return null;
  const { definitions, rest } = splitDefinitions(words.slice(begin + 1));
  if (rest.some(({ keyword }) => keyword !== 'STRICT' && keyword !== ';')) return null;

  const columns: SqliteColumn[] = [];
  const keys: number[] = [];
  for (const definition of definitions) {
    const first = definition[0];
    if (first === undefined) return null;
    if (tableConstraints.has(first.keyword)) {
      const keyed = keyColumnOf(definition);
      if (keyed === undefined) continue;
      const key = columns.findIndex(({ name }) => keyed !== null && isSameName(name, keyed));
      // Of several columns, or of one with something behind it.
      if (key === -1) keys.push(0, 0);
      else keys.push(key);
    } else {
      const constraints = definition.slice(typeEnd(definition)).map(({ keyword }) => keyword);
      if (constraints.includes('GENERATED') || constraints.includes('AS')) return null;
      const primary = constraints.indexOf('PRIMARY');
      // A key that descends is not the number of the row.
      if (primary !== -1 && constraints[primary + 2] === 'DESC') keys.push(0, 0);
      else if (primary !== -1) keys.push(columns.length);
      columns.push({
        name: first.name,
        type: typeOf(definition),
        hasDefault: constraints.includes('DEFAULT'),
      });
    }
  }
  const [key] = keys;
  const isNumber = keys.length === 1 && columns[key!]!.type === 'INTEGER';
  return { columns, key: isNumber ? key! : null, hasOtherKey: keys.length > 0 && !isNumber };
}

function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function wordsOf(sql: string): Word[] {
  const words: Word[] = [];
  for (const [, quoted, word, mark] of sql.matchAll(token)) {
    if (quoted !== undefined) words.push({ keyword: '', name: unquote(quoted) });
    else if (word !== undefined) words.push({ keyword: word.toUpperCase(), name: word });
    else if (mark !== undefined) words.push({ keyword: mark, name: mark });
  }
  return words;
}

function unquote(quoted: string): string {
  const mark = quoted[0]!;
  const inner = quoted.slice(1, -1);
  return mark === '[' ? inner : inner.replaceAll(mark + mark, mark);
}

/** What is between the commas, up to the bracket that closes all, and what is behind that. */
function splitDefinitions(words: readonly Word[]): { definitions: Word[][]; rest: readonly Word[] } {
  const definitions: Word[][] = [[]];
  let depth = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word.keyword === '(') depth++;
    else if (word.keyword === ')' && --depth < 0) return { definitions, rest: words.slice(i + 1) };
    if (word.keyword === ',' && depth === 0) definitions.push([]);
    else definitions.at(-1)!.push(word);
  }
  return { definitions: [[]], rest: [] };
}

function typeEnd(definition: readonly Word[]): number {
  const end = definition.findIndex(({ keyword }, index) => index > 0 && columnConstraints.has(keyword));
  return end === -1 ? definition.length : end;
}

function typeOf(definition: readonly Word[]): string {
  return definition
    .slice(1, typeEnd(definition))
    .map(({ keyword, name }) => keyword || name.toUpperCase())
    .join(' ')
    .replace(/ ?([(),]) ?/g, '$1');
}

/** The only column of a key among a table's constraints, `null` for several; `undefined` for another constraint. */
function keyColumnOf(definition: readonly Word[]): string | null | undefined {
  const at = definition.findIndex(({ keyword }) => keyword === 'PRIMARY');
  if (at === -1) return undefined;
  const [, , open, column, close] = definition.slice(at);
  return open?.keyword === '(' && close?.keyword === ')' ? column!.name : null;
}
