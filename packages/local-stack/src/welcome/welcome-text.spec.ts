import { describe, expect, it } from '@jest/globals';
import { welcomeText } from './welcome-text.js';

const stack = {
  apiUrl: 'http://127.0.0.1:8080',
  apiKey: 'k3y',
  username: 'demo',
  metadataDatabaseUrl: 'postgres://u:p@127.0.0.1:1/m',
  destinationDatabaseUrl: 'postgres://u:p@127.0.0.1:1/d',
  natsUrl: 'nats://127.0.0.1:2',
};

describe('welcomeText', () => {
  it('says where everything is', () => {
    const text = welcomeText(stack, 'http://127.0.0.1:3/harbours.csv', '/data');
    for (const value of Object.values(stack)) expect(text).toContain(value);
  });

  it('gives a command that creates a synchronization', () => {
    const text = welcomeText(stack, 'http://127.0.0.1:3/harbours.csv', '/data').replaceAll('\\\n', '');
    expect(text).toMatch(
      /curl -u demo:k3y .*-d '\{"url": "http:\/\/127.0.0.1:3\/harbours.csv", "interval": 3600\}' http/,
    );
  });
});
