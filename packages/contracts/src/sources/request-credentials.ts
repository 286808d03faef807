import { z } from 'zod';

const headersMax = 20;
const nameCharactersMax = 100;
const valueCharactersMax = 4_096;
/** What servers take in all the headers of a request is about twice as much. */
const allCharactersMax = 8_192;
const usernameCharactersMax = 255;
const passwordCharactersMax = 1_024;

/** A token of RFC 9110, 5.6.2. */
const nameForm = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Printable ASCII: whatever else there is, servers read in different ways. */
const valueForm = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
const controlCharacters = /[\u0000-\u001f\u007f]/;

/**
 * Headers that say how a message travels, which range or version of the file is wanted, or which an address inside of
 * a cloud wants to see before it gives its secrets away. A request of ours has its own, or none.
 */
const refusedNames =
  /^(host|content-length|transfer-encoding|te|trailer|upgrade|connection|keep-alive|expect|http2-settings|proxy-.*|range|if-.*|accept-encoding|metadata|metadata-flavor|x-google-metadata-request|x-aws-ec2-metadata-token.*)$/i;

/** Whether a customer may set this header of the requests for a file. */
function isHeaderAllowed(name: string): boolean {
  return !refusedNames.test(name);
}

/** Headers that a customer adds to the requests for a file. Nothing that it says of them repeats a name or a value. */
export const requestHeadersSchema = z
  .record(z.string(), z.string(), {
    error: 'must be an object of header names and values',
  })
  .superRefine((headers, context) => {
    const say = (message: string): void => context.addIssue({ code: 'custom', message });
    const entries = Object.entries(headers);
    const names = entries.map(([name]) => name.toLowerCase());
    const characters = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
    if (entries.length > headersMax) say(`must be at most ${headersMax} headers`);
    if (entries.some(([name]) => name.length > nameCharactersMax || !nameForm.test(name)))
      say(`must have names of header fields, at most ${nameCharactersMax} characters long`);
    if (!names.every(isHeaderAllowed))
      say(
        'must not set Host, Range, Accept-Encoding, conditions (If-…), or headers that say how a message travels',
      );
    if (new Set(names).size < names.length) say('must not name a header twice');
    if (entries.some(([, value]) => value.length > valueCharactersMax || !valueForm.test(value)))
      say(
        `must have values of printable ASCII characters without blanks around them, at most ${valueCharactersMax} characters long`,
      );
    if (characters > allCharactersMax) say(`must be at most ${allCharactersMax} characters long in all`);
  })
  .describe('By name. Secret: never logged, never in an event.');

/** User name and password of HTTP Basic (RFC 7617). */
export const basicAuthSchema = z
  .object(
    {
      username: z
        .string({ error: 'must be a string' })
        .max(usernameCharactersMax, { error: `must be at most ${usernameCharactersMax} characters long` })
        .refine((text) => !text.includes(':') && !controlCharacters.test(text), {
          error: 'must not contain colons or control characters',
        })
        .describe('Without a colon.'),
      password: z
        .string({ error: 'must be a string' })
        .max(passwordCharactersMax, { error: `must be at most ${passwordCharactersMax} characters long` })
        .refine((text) => !controlCharacters.test(text), { error: 'must not contain control characters' })
        .describe('Secret.'),
    },
    { error: 'must be an object with username and password' },
  )
  .refine(({ username, password }) => username !== '' || password !== '', {
    error: 'must have a username or a password',
  })
  .describe('Secret: never logged, never in an event.');

export type RequestHeaders = z.infer<typeof requestHeadersSchema>;
export type BasicAuth = z.infer<typeof basicAuthSchema>;
