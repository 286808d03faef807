/** Where the time of some work goes, by whose code is running. */
import { Session } from 'node:inspector/promises';

const owners = [
  ['ours', /\/(apps|packages)\//],
  ['axios', /\/axios\//],
  ['other packages', /\/node_modules\//],
  ['node', /^node:/],
];

/** The share of each owner in the time that the processor worked, in percent; `system` is what runs below JavaScript. */
export async function profile(work) {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  await work();
  const { profile: taken } = await session.post('Profiler.stop');
  session.disconnect();
  const ownerOf = new Map(
    taken.nodes.map(({ id, callFrame: { url, functionName } }) => {
      if (functionName === '(idle)') return [id, 'idle'];
      if (functionName === '(garbage collector)') return [id, 'garbage collection'];
      return [id, owners.find(([, form]) => form.test(url))?.[0] ?? 'system'];
    }),
  );
  const times = {};
  taken.samples.forEach((id, at) => {
    const owner = ownerOf.get(id);
    if (owner !== 'idle') times[owner] = (times[owner] ?? 0) + taken.timeDeltas[at];
  });
  const whole = Object.values(times).reduce((sum, time) => sum + time, 0);
  return Object.fromEntries(
    Object.entries(times)
      .sort(([, one], [, other]) => other - one)
      .map(([owner, time]) => [owner, Number(((100 * time) / whole).toFixed(1))]),
  );
}
