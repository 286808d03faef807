import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Set in the process that runs isolated, to the folder that all its files go to; nobody sets it by hand. */
export const isolatedFolder = 'TIDETABLE_CHAOS_FOLDER';

/** Processes, networks, mounts and shared memory of its own: nothing gets out, and all of it ends with its first process. */
const spaces = ['--net', '--mount', '--pid', '--ipc', '--fork', '--kill-child=SIGKILL', '--mount-proc'];

/** Loopback is down in a new network. The shell stays, as a first process must, to reap what has lost its parent. */
const script = 'ip link set lo up && "$@"; exit $?';

/**
 * Runs a Node program where there is no network but loopback, and resolves with its exit code. As the superuser that is a
 * few namespaces; other users need the permission to make a user namespace besides. Nothing is left afterwards, however
 * the program ended.
 *
 * @throws with a sentence where this machine allows neither.
 */
export async function runIsolated(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const unshare = [...asWhom(), ...spaces];
  const probe = spawnSync('unshare', [...unshare, 'sh', '-c', script, 'sh', 'true'], { encoding: 'utf8' });
  if (probe.status !== 0) {
    throw new Error(
      'The chaos run needs Linux with `unshare` and `ip`, and the permission to make a network of its own: ' +
        'run it as root, or allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1).',
    );
  }
  const folder = mkdtempSync(join(tmpdir(), 'tidetable-chaos-'));
  // Servers run as a user of their own, who passes through here, and would otherwise keep their data elsewhere.
  chmodSync(folder, 0o711);
  const child = spawn('unshare', [...unshare, 'sh', '-c', script, 'sh', process.execPath, program, ...args], {
    env: { ...env, [isolatedFolder]: folder },
    stdio: 'inherit',
  });
  // Ctrl-C reaches the run inside as well, which tidies up; this process only waits for it.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill('SIGTERM'));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  return code ?? 1;
}

function asWhom(): string[] {
  return process.getuid?.() === 0 ? [] : ['--user', '--map-current-user', '--keep-caps'];
}
