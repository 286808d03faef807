import { describe, expect, it } from '@jest/globals';
import { asksForSync } from './asks-for-sync.js';

describe('putting to a synchronization', () => {
  it.each([
    [{}, {}],
    [{ api_key: 'k' }, {}],
    [{}, { api_key: 'k', client: 'carto' }],
    [{ _: '123' }, {}],
  ])('query %j and body %j asks for a refresh', (query, body) => {
    expect(asksForSync({ query, body })).toBe(true);
  });

  it.each([
    [{}, { interval: 900 }],
    [{ interval: '900' }, {}],
    [{ layer: 'ports' }, {}],
    [{}, { content_guessing: null }],
    [{}, { api_key: 'k', name: 'ports' }],
  ])('query %j and body %j does not', (query, body) => {
    expect(asksForSync({ query, body })).toBe(false);
  });
});
