/**
 * The whole environment that servers and their tools get. The caller's own PGHOST, PGPORT, LC_ALL and the like are meant
 * for other programs, and would change what ours do.
 */
export function serverEnvironment(home: string): Record<string, string> {
  const libraries = process.env['LD_LIBRARY_PATH'];
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: home,
    LC_ALL: 'C',
    TZ: 'UTC',
    ...(libraries ? { LD_LIBRARY_PATH: libraries } : {}),
  };
}
