import type { Grants } from './grants.js';
import type { OAuthDialect } from './oauth-routes.js';

/** Google's: a refresh token comes with the first consent only, unless the page of consent is shown on purpose. */
export function googleDialect(grants: Grants): OAuthDialect {
  return {
    authorizeParameters: [
      ...['client_id', 'redirect_uri', 'response_type', 'scope', 'state', 'access_type', 'prompt'],
      ...['include_granted_scopes', 'login_hint', 'code_challenge', 'code_challenge_method'],
    ],
    requiresScope: true,
    defaultScope: 'https://www.googleapis.com/auth/drive.readonly',
    isOffline: (query, account) =>
      query.get('access_type') === 'offline' &&
      (query.get('prompt') === 'consent' || !grants.hasConsented(account)),
    repeatsRedirectUri: true,
    takesBasic: false,
    wrongClientStatus: 401,
    descriptions: {
      code: 'Malformed auth code.',
      refreshToken: 'Token has been expired or revoked.',
      client: 'The OAuth client was not found.',
    },
    present: ({ accessToken, refreshToken, scope }, accessSeconds) => ({
      access_token: accessToken,
      expires_in: accessSeconds,
      ...(refreshToken === null ? {} : { refresh_token: refreshToken }),
      scope,
      token_type: 'Bearer',
    }),
  };
}

/** Dropbox's: its answer to an exchange names the account, that to a refresh has hardly anything. */
export const dropboxDialect: OAuthDialect = {
  authorizeParameters: [
    ...['client_id', 'redirect_uri', 'response_type', 'scope', 'state', 'token_access_type', 'locale'],
    ...['include_granted_scopes', 'force_reapprove', 'disable_signup', 'code_challenge'],
    'code_challenge_method',
  ],
  requiresScope: false,
  defaultScope: 'account_info.read files.content.read files.metadata.read',
  isOffline: (query) => query.get('token_access_type') === 'offline',
  repeatsRedirectUri: true,
  takesBasic: true,
  wrongClientStatus: 400,
  descriptions: {
    code: "code doesn't exist or has expired",
    refreshToken: 'refresh token is invalid or revoked',
    client: 'Invalid client_id or client_secret',
  },
  present: ({ accessToken, refreshToken, scope, account }, accessSeconds, isRefresh) => ({
    access_token: accessToken,
    token_type: 'bearer',
    expires_in: accessSeconds,
    ...(refreshToken === null ? {} : { refresh_token: refreshToken }),
    ...(isRefresh ? {} : { scope, uid: '12345', account_id: account }),
  }),
};

/** Box's: without PKCE; every answer has a refresh token, and spends the one before. */
export const boxDialect: OAuthDialect = {
  authorizeParameters: ['client_id', 'redirect_uri', 'response_type', 'scope', 'state'],
  requiresScope: false,
  defaultScope: 'root_readwrite manage_webhook',
  isOffline: () => true,
  repeatsRedirectUri: false,
  takesBasic: false,
  wrongClientStatus: 400,
  descriptions: {
    code: "Auth code doesn't exist or is invalid for the client",
    refreshToken: 'Refresh token has expired',
    client: 'The client credentials are invalid',
  },
  present: ({ accessToken, refreshToken }, accessSeconds) => ({
    access_token: accessToken,
    expires_in: accessSeconds,
    restricted_to: [],
    refresh_token: refreshToken,
    token_type: 'bearer',
  }),
};
