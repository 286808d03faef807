import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, isAbsolute } from 'node:path';
import type { Readable } from 'node:stream';

const prlimit = '/usr/bin/prlimit';
const setpriv = '/usr/bin/setpriv';
const programFolders = ['/usr/local/bin', '/usr/bin', '/bin', '/opt/homebrew/bin'];

/** GDAL writes nothing but to standard output; what it may need besides is small, but for some formats. */
const writtenMegabytesMax = 64;
const openFilesMax = 256;
const errorOutputCharactersMax = 64 * 1024;

/** A port on which nobody listens: a request that gets past every other guard ends here. */
const deadProxy = 'http://127.0.0.1:1';

/** All that a program of GDAL finds in its environment besides what a call adds. */
const environment = {
  LC_ALL: 'C',
  CPL_VSIL_CURL_ALLOWED_EXTENSIONS: '.none',
  GDAL_HTTP_PROXY: deadProxy,
  GDAL_HTTPS_PROXY: deadProxy,
  http_proxy: deadProxy,
  https_proxy: deadProxy,
  all_proxy: deadProxy,
  GDAL_HTTP_MAX_RETRY: '0',
  PROJ_NETWORK: 'OFF',
  GML_SKIP_RESOLVE_ELEMS: 'ALL',
  // A GeoPackage may define tables that are files of this machine; what makes them so stays away.
  SPATIALITE_LOAD: 'NO',
  OGR_SQLITE_STATIC_VIRTUAL_OGR: 'NO',
  OGR_SQLITE_PRAGMA: 'trusted_schema=0',
  GDAL_PAM_ENABLED: 'NO',
  GDAL_CACHEMAX: '64',
};

/** The bounds of one process. */
export interface ProcessLimits {
  readonly memoryMegabytes: number;
  readonly computingSeconds: number;
  /** Folders, parted by colons, in which programs are looked for after the usual ones. */
  readonly searchPath?: string;
  /** How many layers a file may have. @default any number */
  readonly layersMax?: number;
  /** How much it may write to its folder, where that is more than nearly nothing. */
  readonly writtenMegabytes?: number;
  /** Kills it. */
  readonly signal: AbortSignal;
}

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The numbers of the errors that GDAL reported, even if it went on. */
  readonly errors: readonly number[];
}

/** A process under way. */
export interface ConfinedProcess {
  readonly stdout: Readable;
  /** Resolves when it is gone. @throws an Error with code `ENOENT` when the program is not installed */
  readonly ended: Promise<ProcessEnd>;
  /** Kills it, if it is still there; resolves when it is gone. Never throws. */
  kill(): Promise<void>;
}

/**
 * Starts a program of GDAL in a folder, without a shell, with an environment of its own, and with limits of memory,
 * computing time, open files and written bytes where the system can set them. It does not outlive this process.
 */
export function startConfined(
  program: string,
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>>,
  limits: ProcessLimits,
): ConfinedProcess {
  const [command, ...rest] = [...confinement(limits), program, ...args];
  const child = spawn(command!, rest, {
    cwd: folder,
    env: { ...environment, PATH: pathOf(limits), TMPDIR: folder, CPL_TMPDIR: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = (): void => void child.kill('SIGKILL');
  limits.signal.addEventListener('abort', kill, { once: true });
  if (limits.signal.aborted) kill();
  const ended = endOf(child).finally(() => limits.signal.removeEventListener('abort', kill));
  // Whoever waits is told; that nobody waits is no reason to crash.
  ended.catch(() => undefined);
  return {
    stdout: child.stdout,
    ended,
    kill: async () => {
      kill();
      child.stdout.destroy();
      await ended.catch(() => undefined);
    },
  };
}

/** Only whole names of folders: others would lead into the folder where the file is. */
function pathOf({ searchPath = '' }: ProcessLimits): string {
  return [...programFolders, ...searchPath.split(delimiter).filter((folder) => isAbsolute(folder))].join(
    delimiter,
  );
}

/** Each of these programs becomes the next one, so that there is only ever one process. */
function confinement(processLimits: ProcessLimits): string[] {
  const { memoryMegabytes, computingSeconds, writtenMegabytes = writtenMegabytesMax } = processLimits;
  const limits = [
    prlimit,
    `--as=${memoryMegabytes * 1024 * 1024}`,
    `--cpu=${computingSeconds}`,
    `--fsize=${writtenMegabytes * 1024 * 1024}`,
    `--nofile=${openFilesMax}`,
    '--core=0',
  ];
  return [
    ...(existsSync(prlimit) ? limits : []),
    ...(existsSync(setpriv) ? [setpriv, '--pdeathsig', 'KILL'] : []),
  ];
}

function endOf(child: ChildProcessByStdio<null, Readable, Readable>): Promise<ProcessEnd> {
  let errorOutput = '';
  child.stderr.on('data', (chunk: Buffer) => {
    if (errorOutput.length < errorOutputCharactersMax) errorOutput += chunk.toString('latin1');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const errors = [...errorOutput.matchAll(/^ERROR (\d+):/gm)].map((match) => Number(match[1]));
      resolve({ code, signal, errors });
    });
  });
}
