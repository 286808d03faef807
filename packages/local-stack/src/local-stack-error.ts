/** Why a local stack could not be had. Stable: scripts and tests tell failures apart by it. */
export type LocalStackErrorCode =
  | 'already-running'
  | 'folder-unusable'
  | 'install-failed'
  | 'programs-missing'
  | 'port-unusable'
  | 'process-ended'
  | 'process-not-ready'
  | 'same-database'
  | 'sample-failed'
  | 'server-unreachable'
  | 'url-invalid';

/** A failure whose message says what happened and what to do next, fit for printing as it is. */
export class LocalStackError extends Error {
  constructor(
    readonly code: LocalStackErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'LocalStackError';
  }
}
