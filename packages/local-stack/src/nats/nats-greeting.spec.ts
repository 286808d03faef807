import { describe, expect, it } from '@jest/globals';
import { parseGreeting } from './nats-greeting.js';

describe('parseGreeting', () => {
  it('tells a server with JetStream', () => {
    expect(parseGreeting('INFO {"server_name":"bus","jetstream":true} \r\nPING\r\n')).toEqual({
      serverName: 'bus',
      jetstream: true,
    });
  });

  it('tells a server without JetStream', () => {
    expect(parseGreeting('INFO {"server_name":"bus"}\r\n')).toEqual({ serverName: 'bus', jetstream: false });
  });

  it.each(['HTTP/1.1 400 Bad Request\r\n', '', 'INFO \r\n'])('takes %j for no nats-server', (text) => {
    expect(parseGreeting(text)).toBeUndefined();
  });
});
