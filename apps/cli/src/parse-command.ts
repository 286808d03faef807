import { parseArgs, type ParseArgsConfig } from 'node:util';

/** The words were not understood; the message says which. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const json = { json: { type: 'boolean' } } as const;
const watch = { watch: { type: 'boolean', short: 'w' } } as const;
type Options = NonNullable<ParseArgsConfig['options']>;

/** What each command takes; `target` is an id or the name of a table. */
export const commands = {
  list: {
    about: 'List synchronizations',
    target: false,
    options: { ...json, state: { type: 'string' }, name: { type: 'string' } },
  },
  show: { about: 'Show a synchronization and its latest runs', target: true, options: json },
  create: {
    about: 'Keep a table in step with a file: sync create <url>',
    target: true,
    options: {
      ...json,
      ...watch,
      every: { type: 'string' },
      table: { type: 'string' },
      layer: { type: 'string' },
      member: { type: 'string' },
    },
  },
  run: { about: 'Refresh now', target: true, options: { ...json, ...watch } },
  logs: {
    about: 'Read the log; -f goes on',
    target: true,
    options: { ...json, follow: { type: 'boolean', short: 'f' } },
  },
  rejects: {
    about: 'Show rejected rows of a run',
    target: true,
    options: { ...json, run: { type: 'string' } },
  },
  delete: { about: 'End a synchronization; its table stays', target: true, options: json },
} as const satisfies Record<string, { about: string; target: boolean; options: Options }>;

export type CommandName = keyof typeof commands;

/** A command with all it was given. */
export interface Command {
  readonly name: CommandName | 'login' | 'help';
  readonly target: string;
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
}

/** Understands the words after the program's name. @throws UsageError */
export function parseCommand(words: readonly string[]): Command {
  const [group, name, ...rest] = words;
  if (group === undefined || group === 'help' || words.includes('--help') || words.includes('-h'))
    return { name: 'help', target: '', values: {} };
  if (group === 'login')
    return { name: 'login', ...parse(words.slice(1), { url: { type: 'string' } }, false) };
  if (group !== 'sync') throw new UsageError(`there is no command "${group}"`);
  if (!isCommand(name)) throw new UsageError(`there is no command "sync ${name ?? ''}"`);
  return { name, ...parse(rest, commands[name].options, commands[name].target) };
}

function isCommand(name: string | undefined): name is CommandName {
  return name !== undefined && Object.hasOwn(commands, name);
}

function parse(args: string[], options: Options, needsTarget: boolean): Pick<Command, 'target' | 'values'> {
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    if (positionals.length !== (needsTarget ? 1 : 0))
      throw new UsageError(
        needsTarget ? 'name exactly one: an id, a table or a URL' : 'nothing more is expected',
      );
    return { target: positionals[0] ?? '', values: values as Command['values'] };
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError((error as Error).message, { cause: error });
  }
}

/** What `--help` says. */
export function helpText(): string {
  const lines = Object.entries(commands).map(([name, { about, target, options }]) => {
    const flags = Object.keys(options).map((flag) => `[--${flag}]`);
    return `  tidetable sync ${[name, ...(target ? [name === 'create' ? '<url>' : '<id or table>'] : []), ...flags].join(' ')}\n      ${about}.`;
  });
  return [
    'Usage:',
    '  tidetable login [--url <address>]\n      Reads a key from the terminal or from standard input, and remembers it.',
    ...lines,
    '',
    'TIDETABLE_URL and TIDETABLE_API_KEY come before what was remembered.',
    'Exit codes: 0 done, 1 the run failed, 2 not understood, 3 refused by the server, 4 not reached.',
    '',
  ].join('\n');
}
