/** Whether an address leads to one of these hosts; `*.` before a name stands for every host below it. */
export function isKnownHost(address: URL, hosts: readonly string[]): boolean {
  return hosts.some((host) =>
    host.startsWith('*.') ? address.host.endsWith(host.slice(1)) : address.host === host,
  );
}
