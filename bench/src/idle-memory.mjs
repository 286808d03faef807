/**
 * What everything that `npm start` keeps running takes of memory when there is nothing to do: each process a minute after
 * the start, and all of them without PostgreSQL, whose memory is its cache and is set by `shared_buffers`.
 *
 * RSS, which `top` shows, counts a page once for each process that shares it, such as those of Node's own program. PSS, as
 * the kernel tells it in smaps_rollup, divides it among all of them, also those that are none of ours: on a machine with
 * other Node programs that flatters us. What counts is therefore `alone`: the private pages of all processes, and those of
 * each program and its libraries once, which is what the PSS comes to where nothing else runs.
 *
 * Usage: npm run bench:idle-memory [-- SECONDS]
 */
import { spawn } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@tidetable/local-stack';
import { record } from './measure.mjs';
import { processesBelow } from './processes.mjs';

const idleSeconds = Number(process.argv[2] ?? 60);
const goalMegabytes = 400;
const checkout = join(import.meta.dirname, '..', '..');
/** Where the servers keep their data when this runs as the superuser, who may not be PostgreSQL. */
const elsewhere = (folder) => {
  try {
    return JSON.parse(readFileSync(join(folder, 'local-stack.json'), 'utf8')).elsewhere;
  } catch {
    return undefined;
  }
};

/** Starts all of it as people do, and resolves with the process when it says that everything is running. */
async function startAsPeopleDo(folder) {
  const child = spawn('npm', ['start'], {
    cwd: checkout,
    env: { PATH: process.env.PATH, TIDETABLE_DATA: folder, API_PORT: String(await freePort()) },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  await new Promise((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk) => (said += chunk).includes('Everything is running') && resolve());
    child.once('exit', () => reject(new Error(`npm start ended:\n${said}`)));
  });
  return child;
}

/** What a process is for; by its command line, since all of ours are `node`. */
function roleOf(pid) {
  const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
  const service = line.join(' ').match(/apps\/(\w+)\/dist\/main\.js/)?.[1];
  if (service) return service;
  if (/postgres/.test(line[0])) return 'postgresql';
  if (/nats-server/.test(line[0])) return 'nats-server';
  if (line.some((part) => part.endsWith('keeper.js'))) return 'keeper of the processes';
  if (line.some((part) => part.endsWith('start.mjs'))) return 'npm start';
  return line[0].startsWith('npm') ? 'npm itself' : line[0];
}

function memoryOf(pid) {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const megabytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) / 1024;
  const rss = megabytes('Rss');
  const own = megabytes('Anonymous');
  return { pss: megabytes('Pss'), rss, own, shared: rss - own };
}

/** Megabytes of each role, all its processes together, and of all without PostgreSQL. */
function measure(root) {
  const roles = {};
  const programs = {};
  let alone = 0;
  for (const pid of [root, ...processesBelow(root).map((found) => found.pid)]) {
    const { pss, rss, own, shared } = memoryOf(pid);
    const name = roleOf(pid);
    if (name !== 'postgresql') {
      const program = readlinkSync(`/proc/${pid}/exe`);
      programs[program] = Math.max(programs[program] ?? 0, shared);
      alone += own;
    }
    const role = (roles[name] ??= { pssMegabytes: 0, rssMegabytes: 0 });
    role.pssMegabytes += pss;
    role.rssMegabytes += rss;
  }
  for (const role of Object.values(roles)) {
    for (const name of Object.keys(role)) role[name] = Number(role[name].toFixed(1));
  }
  alone += Object.values(programs).reduce((sum, each) => sum + each, 0);
  return { roles, aloneMegabytes: Number(alone.toFixed(1)) };
}

const folder = await mkdtemp(join(tmpdir(), 'tidetable-idle-'));
const stack = await startAsPeopleDo(folder);
const ended = new Promise((resolve) => stack.once('exit', resolve));
try {
  await sleep(idleSeconds * 1000);
  const { roles, aloneMegabytes } = measure(stack.pid);
  const { postgresql, ...ours } = roles;
  const sum = (name) =>
    Number(
      Object.values(ours)
        .reduce((all, role) => all + role[name], 0)
        .toFixed(1),
    );
  await record('idle-memory', {
    idleSeconds,
    processes: ours,
    withoutPostgresql: {
      aloneMegabytes,
      pssMegabytes: sum('pssMegabytes'),
      rssMegabytes: sum('rssMegabytes'),
      goalMegabytes,
    },
    postgresql,
  });
} finally {
  const servers = elsewhere(folder);
  process.kill(-stack.pid, 'SIGINT');
  await ended;
  for (const each of [folder, servers]) if (each) await rm(each, { recursive: true, force: true });
}
