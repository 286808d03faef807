/** A path as CARTO's clients know it: by itself, and below the name of an account. */
export function accountPaths(path: string): string[] {
  return [path, `user/:username/${path}`, `u/:username/${path}`];
}
