/** Whether a source may be served from this TCP port. */
export type IsPortAllowed = (port: number) => boolean;

/**
 * Ports of protocols that can be made to do something by what an HTTP client sends, or that never serve files over
 * HTTP: the list that browsers refuse, with databases, message buses and container engines, which they forgot.
 */
const dangerousPorts: ReadonlySet<number> = new Set([
  ...[
    1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
  ],
  ...[
    109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
  ],
  ...[526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049],
  ...[3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10_080],
  ...[
    445, 1433, 1521, 2375, 2376, 2379, 2380, 3306, 3389, 4222, 5432, 5672, 6222, 6379, 10_250, 11_211, 27_017,
  ],
]);

/** Every port but the dangerous ones. */
export const isPortHarmless: IsPortAllowed = (port) => port > 0 && !dangerousPorts.has(port);

/**
 * Reads a comma-separated list of ports and ranges, such as `80,443,8000-8999`, which allows those and no others;
 * also dangerous ones, since somebody has named them. An empty list allows all that are harmless.
 * @throws TypeError when an entry is neither.
 */
export function parseAllowedPorts(list: string): IsPortAllowed {
  const ranges = list
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map(parseRange);
  if (ranges.length === 0) return isPortHarmless;
  return (port) => ranges.some(([first, last]) => port >= first && port <= last);
}

function parseRange(entry: string): readonly [number, number] {
  const [, first = '', last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(entry) ?? [];
  const range = [Number(first), Number(last)] as const;
  if (range[0] < 1 || range[1] > 65_535 || range[0] > range[1])
    throw new TypeError('a port is a number from 1 to 65535, a range two of them with a hyphen between');
  return range;
}

/** The port that a URL leads to. */
export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}
