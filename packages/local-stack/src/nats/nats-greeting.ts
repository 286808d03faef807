import { connect } from 'node:net';

/** The part of what a nats-server says first that matters here. */
export interface NatsGreeting {
  serverName: string;
  jetstream: boolean;
}

const timeoutMs = 2000;

/** What the server on this port says when connected to; undefined when none answers as a nats-server does. */
export function natsGreeting(host: string, port: number): Promise<NatsGreeting | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let text = '';
    const finish = (greeting?: NatsGreeting): void => {
      socket.destroy();
      resolve(greeting);
    };
    socket.setTimeout(timeoutMs, () => finish());
    socket.on('error', () => finish());
    socket.on('close', () => resolve(undefined));
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8');
      if (text.includes('\r\n')) finish(parseGreeting(text));
    });
  });
}

/** Reads the first line of the protocol: `INFO {…}`. */
export function parseGreeting(text: string): NatsGreeting | undefined {
  const json = /^INFO (\{.*\})\s*\r\n/.exec(text)?.[1];
  if (!json) return undefined;
  const info = JSON.parse(json) as { server_name?: string; jetstream?: boolean };
  return { serverName: info.server_name ?? '', jetstream: info.jetstream === true };
}
