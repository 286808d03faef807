import type { ResponseScript } from '../../origin/response-script.js';
import type { FakeOAuth } from '../oauth/fake-oauth.js';
import { bearerOf, json, type ProviderRequest, Refusal } from '../provider-request.js';

/** An error in Google's shape, of which `reason` is the thing to read. */
export function driveError(
  code: number,
  reason: string,
  message: string,
  { domain = 'global', ...more }: { domain?: string; location?: string; locationType?: string } = {},
): ResponseScript {
  return json({ error: { code, message, errors: [{ domain, reason, message, ...more }] } }, code);
}

/** What Drive says of a file that is not there, or that the token may not see. */
export function driveFileNotFound(id: string): Refusal {
  const message = `File not found: ${id}.`;
  return new Refusal(driveError(404, 'notFound', message, { locationType: 'parameter', location: 'fileId' }));
}

/** What Drive says of a parameter that it does not know or take. */
export function driveBadRequest(message: string, reason = 'badRequest'): Refusal {
  return new Refusal(driveError(400, reason, message));
}

/** The answer of Drive to a token that is not good. */
function driveUnauthorized(): ResponseScript {
  const message = 'Invalid Credentials';
  const where = { location: 'Authorization', locationType: 'header' };
  const text = 'Request had invalid authentication credentials. Expected OAuth 2 access token.';
  const errors = [{ message, domain: 'global', reason: 'authError', ...where }];
  return json({ error: { code: 401, message: text, errors, status: 'UNAUTHENTICATED' } }, 401, {
    'WWW-Authenticate': 'Bearer realm="https://accounts.google.com/", error="invalid_token"',
  });
}

type DriveAnswer = (request: ProviderRequest, account: string, ...segments: string[]) => ResponseScript;

/** Lets those in who have a good token with a scope that reads files, and refuses the others as Drive does. */
export function driveGuard(
  oauth: FakeOAuth,
): (answer: DriveAnswer) => (request: ProviderRequest, ...segments: string[]) => ResponseScript {
  return (answer) =>
    (request, ...segments) => {
      const token = bearerOf(request);
      if (token === null || oauth.grants.stateOf(token) !== 'good') return driveUnauthorized();
      const { account, scope } = oauth.grants.use(token);
      const mayRead = scope.split(' ').some((each) => readingScopes.includes(each));
      if (!mayRead) {
        return driveError(403, 'insufficientPermissions', 'Insufficient Permission', {
          location: 'Authorization',
        });
      }
      return answer(request, account, ...segments);
    };
}

const readingScopes = ['drive', 'drive.readonly'].map((each) => `https://www.googleapis.com/auth/${each}`);
