import type { ResponseScript } from '../../origin/response-script.js';
import { json, type ProviderRequest } from '../provider-request.js';
import { driveBadRequest } from './drive-errors.js';
import { selectFields } from './drive-fields.js';

/** Who the token belongs to; this route demands that its fields are named. */
export function describeDriveAccount({ query }: ProviderRequest, account: string): ResponseScript {
  const fields = query.get('fields');
  if (fields === null)
    throw driveBadRequest("The 'fields' parameter is required for this method.", 'required');
  const user = {
    kind: 'drive#user',
    displayName: account.split('@')[0] ?? '',
    permissionId: [...account].map((each) => each.charCodeAt(0) % 10).join(''),
    emailAddress: account,
    me: true,
  };
  return json(selectFields({ kind: 'drive#about', user }, fields));
}
