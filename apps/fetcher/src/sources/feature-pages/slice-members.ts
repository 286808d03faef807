/**
 * The members of a JSON object that is known to be one: the JSON of each value as it came, by name. Later ones of the
 * same name win.
 */
export function sliceMembers(json: Buffer): Map<string, Buffer> {
  const members = new Map<string, Buffer>();
  let depth = 0;
  let name: string | null = null;
  let from = -1;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at]!;
    if (byte === 0x22) {
      const end = endOfString(json, at);
      if (depth === 1 && name === null) name = JSON.parse(json.toString('utf8', at, end)) as string;
      at = end - 1;
    } else if (byte === 0x7b || byte === 0x5b) depth += 1;
    else if (depth === 1 && byte === 0x3a) from = at + 1;
    else if (depth === 1 && (byte === 0x2c || byte === 0x7d)) {
      if (name !== null && from >= 0) members.set(name, trimmed(json.subarray(from, at)));
      name = null;
      from = -1;
      if (byte === 0x7d) depth -= 1;
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
  return members;
}

/** Behind the closing quote of the string that opens at `at`. */
function endOfString(json: Buffer, at: number): number {
  for (let next = at + 1; next < json.length; next += 1) {
    if (json[next] === 0x5c) next += 1;
    else if (json[next] === 0x22) return next + 1;
  }
  return json.length;
}

function trimmed(bytes: Buffer): Buffer {
  let from = 0;
  let to = bytes.length;
  while (from < to && bytes[from]! <= 0x20) from += 1;
  while (to > from && bytes[to - 1]! <= 0x20) to -= 1;
  return bytes.subarray(from, to);
}
