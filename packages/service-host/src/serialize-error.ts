/** An error as it is logged: for operators, and yet without anything that belongs to a customer. */
export interface LoggedError {
  type: string;
  message: string;
  stack?: string;
  cause?: LoggedError;
  /** What is known to be harmless about errors of libraries. */
  [field: string]: unknown;
}

/**
 * The fields of foreign errors that are logged. Others are left out: errors of HTTP clients carry the URL and headers
 * of the request, and errors of a database carry statements, parameters and, in `detail` and `where`, whole rows.
 */
const fields = ['code', 'errno', 'syscall', 'status', 'severity', 'schema', 'table', 'column', 'constraint'];

const causesMax = 5;

/** Turns whatever was thrown into what may be logged. */
export function serializeError(error: unknown, depth = 0): LoggedError {
  if (!isErrorLike(error)) return { type: typeof error, message: 'something else than an error was thrown' };
  const record = error as unknown as Record<string, unknown>;
  const known = Object.fromEntries(
    fields.filter((field) => isPlain(record[field])).map((field) => [field, record[field]]),
  );
  const { cause } = record;
  return {
    type: error.name,
    message: withoutValues(error.message, record['code']),
    ...known,
    stack: frames(error.stack),
    ...(cause !== undefined && depth < causesMax ? { cause: serializeError(cause, depth + 1) } : {}),
  };
}

/** PostgreSQL quotes the offending value in the messages of data exceptions (class 22). */
function withoutValues(message: string, code: unknown): string {
  const firstLine = message.split('\n', 1)[0] ?? '';
  const isDataException = typeof code === 'string' && /^22[0-9A-Z]{3}$/.test(code);
  const unquoted = isDataException ? firstLine.replace(/".*"/g, '"…"') : firstLine;
  return unquoted.replace(/\?[^\s"')]*/g, '?…');
}

/** Where it happened; the stack's head repeats the message and is left out. */
function frames(stack: string | undefined): string | undefined {
  return stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
}

/** Errors of another realm or a duplicated library are errors too. */
function isErrorLike(error: unknown): error is Error {
  return (
    typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string'
  );
}

function isPlain(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number';
}
