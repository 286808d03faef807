/** What the kernel has counted of processes: time on the processors and memory. */
import { readdirSync, readFileSync } from 'node:fs';

/** The kernel counts time in hundredths of a second. */
const ticksPerSecond = 100;

/** Every process below one, whoever of them started it. */
export function processesBelow(root) {
  const all = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => readProcess(Number(pid)) ?? []);
  const below = new Set([root]);
  for (let found = -1; found !== below.size;) {
    found = below.size;
    for (const { pid, parent } of all) if (below.has(parent)) below.add(pid);
  }
  return all.filter(({ pid }) => pid !== root && below.has(pid));
}

/** Seconds of processor time of a process, of those below it, and of those of them that have ended. */
export function cpuSecondsOfTree(root) {
  return [readProcess(root), ...processesBelow(root)].reduce(
    (seconds, found) => seconds + (found?.cpuSeconds ?? 0),
    0,
  );
}

/** The most memory a process has had resident so far, in MB; 0 when it has ended. */
export function peakMegabytes(pid) {
  let status;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return 0;
  }
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

/** `null` when it has ended. A name may hold blanks and brackets, so the fields are counted from its end. */
function readProcess(pid) {
  let stat;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid, name, parent: Number(fields[1]), cpuSeconds: ticks / ticksPerSecond };
}
