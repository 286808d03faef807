import { describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A process that runs a service which starts and stops as the expressions say. */
function runAsProcess(start: string, stopTimeoutMs = 5_000): ChildProcess {
  const program = `
    import { createLogger, runService } from '@tidetable/service-host';
    setInterval(() => {}, 1_000);
    await runService(createLogger('test', 'info'), ${start}, { stopTimeoutMs: ${stopTimeoutMs} });
  `;
  return spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

interface Line {
  msg: string;
  err?: { message: string };
}

/** How the process ended and what it logged; each line is also shown to `onLine`. */
async function watch(
  service: ChildProcess,
  onLine: (message: string) => void = () => undefined,
): Promise<{ code: number | null; messages: string[]; errors: string[] }> {
  const lines: Line[] = [];
  createInterface(service.stdout!).on('line', (text) => {
    const line = JSON.parse(text) as Line;
    lines.push(line);
    onLine(line.msg);
  });
  const [code] = (await once(service, 'close')) as [number | null];
  const errors = lines.flatMap((line) => (line.err === undefined ? [] : [line.err.message]));
  return { code, messages: lines.map((line) => line.msg), errors };
}

const idle = `async () => ({ stop: async () => {} })`;

describe('a service as a process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'stops on %s and exits 0, whatever signals follow',
    async (signal) => {
      const service = runAsProcess(
        `async () => ({ stop: () => new Promise((resolve) => setTimeout(resolve, 200)) })`,
      );
      const outcome = await watch(service, (message) => {
        if (message === 'service started') service.kill(signal);
        if (message === 'service stopping') service.kill('SIGTERM');
      });
      expect(outcome).toEqual({
        code: 0,
        messages: ['service started', 'service stopping', 'service stopped'],
        errors: [],
      });
    },
  );

  it('exits 1 when the service cannot start', async () => {
    const service = runAsProcess(`async () => { throw new Error('the port is taken'); }`);
    expect(await watch(service)).toEqual({
      code: 1,
      messages: ['service could not start'],
      errors: ['the port is taken'],
    });
  });

  it('exits at once when it is told to stop while it starts', async () => {
    const service = runAsProcess(
      `() => { console.log('{"msg":"starting"}'); return new Promise(() => {}); }`,
    );
    const outcome = await watch(service, (message) => {
      if (message === 'starting') service.kill('SIGTERM');
    });
    expect(outcome).toMatchObject({ code: 0, messages: ['starting', 'service stopped while it started'] });
  });

  it('exits 1 when the service does not stop in time', async () => {
    const service = runAsProcess(`async () => ({ stop: () => new Promise(() => {}) })`, 100);
    const outcome = await watch(service, (message) => {
      if (message === 'service started') service.kill('SIGTERM');
    });
    expect(outcome.code).toBe(1);
    expect(outcome.messages).toEqual(['service started', 'service stopping', 'service did not stop in time']);
  });

  it('exits 1 when stopping fails', async () => {
    const service = runAsProcess(
      `async () => ({ stop: async () => { throw new Error('the pool is stuck'); } })`,
    );
    const outcome = await watch(service, (message) => {
      if (message === 'service started') service.kill('SIGTERM');
    });
    expect(outcome).toMatchObject({ code: 1, errors: ['the pool is stuck'] });
  });

  it.each([
    [
      'an exception',
      `setTimeout(() => { throw new Error('nobody expected this'); }, 10)`,
      'uncaught exception',
    ],
    ['a rejection', `void Promise.reject(new Error('nobody expected this'))`, 'unhandled rejection'],
  ])('exits 1 on %s that nobody handles', async (_what, crash, message) => {
    const service = runAsProcess(`async () => { ${crash}; return (${idle})(); }`);
    const outcome = await watch(service);
    expect(outcome).toMatchObject({ code: 1, errors: ['nobody expected this'] });
    expect(outcome.messages.at(-1)).toBe(message);
  });

  it('tells what is wrong with its environment on standard error and exits 1', async () => {
    const program = `
      import { parseEnvironmentOrExit } from '@tidetable/service-host';
      import { z } from 'zod';
      parseEnvironmentOrExit(z.object({ A: z.string(), B: z.url() }), { B: 'hunter2' });
    `;
    const service = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let text = '';
    service.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
    expect(await once(service, 'close')).toEqual([1, null]);
    expect(text).toBe('The environment is not usable:\n  - A is not set\n  - B is not valid\n');
  });
});
