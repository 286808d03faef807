/** A service did not accept an access token that should have been good. */
export class AccessTokenRefusedError extends Error {
  override readonly name = 'AccessTokenRefusedError';
}
