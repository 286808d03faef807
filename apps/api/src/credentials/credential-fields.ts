import {
  type BasicAuth,
  basicAuthSchema,
  type RequestHeaders,
  requestHeadersSchema,
} from '@tidetable/contracts';
import { z } from 'zod';

/** What a customer says about the requests for a URL; what is absent stays as it is, `null` removes it. */
export interface CredentialFields {
  headers?: RequestHeaders | null | undefined;
  basic_auth?: BasicAuth | null | undefined;
}

/** Checks with a schema of the contracts. A complaint about a part of an object names the part only where we named it. */
function checked<T>(schema: z.ZodType<T>, about: (path: PropertyKey[]) => string): z.ZodType<T> {
  return z.unknown().transform((sent, context) => {
    const result = schema.safeParse(sent);
    if (result.success) return result.data;
    for (const { path, message } of result.error.issues) {
      context.addIssue({ code: 'custom', message: path.length === 0 ? message : about(path) + message });
    }
    return z.NEVER;
  });
}

const headers = checked(
  z.preprocess((sent) => (hasOnlyTexts(sent) ? sent : undefined), requestHeadersSchema),
  () => '',
);
const basicAuth = checked(basicAuthSchema, ([part]) => `${String(part)} `);

/** The fields that say something about the requests; both may be left out. */
export const credentialFields = {
  headers: headers.nullable().optional(),
  basic_auth: basicAuth.nullable().optional(),
};

/** The same where there are no requests of ours that could carry them: only nothing is right. */
export const noCredentialFields = {
  headers: nothing(),
  basic_auth: nothing(),
};

function nothing(): z.ZodType<null | undefined> {
  return z.null({ error: 'must be left out where the file is in a storage service' }).optional();
}

/** Another value than a text is told about without the name that the client gave it. */
function hasOnlyTexts(sent: unknown): boolean {
  return (
    typeof sent === 'object' &&
    sent !== null &&
    !Array.isArray(sent) &&
    Object.values(sent).every((value) => typeof value === 'string')
  );
}
