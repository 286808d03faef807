import { SyncError } from '@tidetable/contracts';
import axios from 'axios';
import { classifyNetworkFailure, networkCodeOf } from './classify-network-failure.js';

/**
 * An error of axios holds the URL, so it ends here. That of Node below it names an address: it stays as the cause
 * of a SyncError, whose causes are not logged, and is left out where ours would be.
 */
export function translateRequestError(error: unknown): Error {
  if (error instanceof SyncError) return error;
  const networkCode = networkCodeOf(error);
  const failure = classifyNetworkFailure(networkCode);
  return failure === null
    ? new Error(`the request could not be made: ${networkCode || 'unknown error'}`)
    : new SyncError(failure.code, failure.detail, { cause: axios.isAxiosError(error) ? error.cause : error });
}
