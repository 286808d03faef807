import { errorCatalogue, type Failure, failureMessage } from '@tidetable/contracts';
import { Refusal } from '../http/refusal.js';

/** What lies between the customer, this installation and the service can be set right; all else is the service's. */
const ofConnection = /^connection-/;

/** Why something of a service cannot be done now: the word and the number of the failure, and what to do about it. */
export function refuseConnection(
  failure: Failure,
  statusCode = ofConnection.test(failure.code) ? 409 : 502,
): Refusal {
  const { cartoCode } = errorCatalogue[failure.code];
  return new Refusal(statusCode, failureMessage(failure), { error: failure.code, error_code: cartoCode });
}
