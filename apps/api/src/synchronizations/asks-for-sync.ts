import type { RequestFields } from '../http/request-fields.decorator.js';

/** What a client sends about itself, which is no wish to change anything. */
const aboutTheClient = ['api_key', 'client'];
const changeable = [
  'interval',
  'type_guessing',
  'quoted_fields_guessing',
  'content_guessing',
  'member',
  'layer',
  'headers',
  'basic_auth',
];

/**
 * Whether putting these fields to a synchronization asks for a refresh: nothing is put but who asks, which is how
 * CARTO's Python client forces one. A body that holds only fields which cannot be changed asks for nothing.
 */
export function asksForSync({ query, body }: RequestFields): boolean {
  const bodyIsEmpty = Object.keys(body).every((name) => aboutTheClient.includes(name));
  return bodyIsEmpty && !Object.keys(query).some((name) => changeable.includes(name));
}
