import type { ResponseScript } from '../../origin/response-script.js';
import { json, type ProviderRequest } from '../provider-request.js';
import { dropboxBadRequest } from './dropbox-errors.js';

/** Who the token belongs to; this route takes no argument. */
export function describeDropboxAccount({ body }: ProviderRequest, account: string): ResponseScript {
  if (body.length > 0 && body.toString() !== 'null') {
    return dropboxBadRequest('users/get_current_account', 'no argument expected');
  }
  return json({
    account_id: account,
    name: { given_name: 'Ana', surname: 'Example', familiar_name: 'Ana', display_name: 'Ana Example' },
    email: 'ana@example.org',
    email_verified: true,
    disabled: false,
    locale: 'en',
    is_paired: false,
    account_type: { '.tag': 'basic' },
    root_info: { '.tag': 'user', root_namespace_id: '3235641', home_namespace_id: '3235641' },
  });
}
