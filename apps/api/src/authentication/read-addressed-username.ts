/**
 * The account that an address names: by its path (`/user/demo/…`) or, when the path names none, by the label in
 * front of the account domain (`demo.example.org`). `null` when it names none.
 */
export function readAddressedUsername(
  pathUsername: string | undefined,
  host: string | undefined,
  accountDomain: string,
): string | null {
  if (pathUsername !== undefined) return pathUsername.toLowerCase();
  const hostname = (host ?? '').toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
  if (!hostname.endsWith(`.${accountDomain}`)) return null;
  const label = hostname.slice(0, -accountDomain.length - 1);
  return label.includes('.') ? null : label;
}
