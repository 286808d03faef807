import process from 'node:process';

const sameRequestMs = 700;
const parentCheckMs = 1000;

/**
 * Calls `first` when this process is asked to end and `again` when it is asked once more. Ctrl-C under npm arrives
 * twice, from the terminal and from npm, and counts once. npm being killed is a request too: without it nobody would
 * be left who could ask.
 */
export function onStopRequest({ first, again }) {
  let requestedAt;
  const request = () => {
    if (requestedAt === undefined) {
      requestedAt = performance.now();
      first();
    } else if (performance.now() - requestedAt > sameRequestMs) again();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, request);
  // A terminal that is gone takes no more text, which is no reason to fail.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  if (process.env.npm_lifecycle_event) watchParent(request);
}

function watchParent(request) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    request();
  }, parentCheckMs);
  timer.unref();
}
