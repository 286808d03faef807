/** Connection failures, too many connections, and a server that is shutting down or starting up. */
const awaySqlState = /^(08...|53300|57P0[1-5])$/;
const sqlState = /^[0-9A-Z]{5}$/;

/**
 * Whether an error met while asking the database means that it is away for now, rather than that the question was
 * wrong. Only a server that is there gives an SQLSTATE; what the driver throws without one, of its own or from
 * the network, means that the connection could not be had or was lost.
 */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return false;
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code !== 'string' || !sqlState.test(code) || awaySqlState.test(code);
}
