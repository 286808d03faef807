import { type ClientRequest, type IncomingMessage, request as sendRequest } from 'node:http';
import { waitFor } from '@tidetable/test-harness';

/** An event as it arrived. */
export interface ReceivedEvent {
  readonly event: string;
  readonly id: string | null;
  readonly data: Record<string, unknown>;
}

/** A client of a stream of events, as browsers have it. */
export interface EventReader {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** Everything so far, in order. */
  readonly events: ReceivedEvent[];
  /** Everything so far, as it came. */
  text(): string;
  /** The last id that came. */
  lastId(): string | null;
  isOver(): boolean;
  /** Waits for an event of this kind that came after the first `after` of all. */
  next(event: string, after?: number): Promise<ReceivedEvent>;
  /** Waits until the stream has ended. */
  over(): Promise<void>;
  hangUp(): void;
}

/** Opens a stream. */
export async function readEvents(
  port: number,
  path: string,
  headers: Record<string, string>,
): Promise<EventReader> {
  const { request, response } = await new Promise<{ request: ClientRequest; response: IncomingMessage }>(
    (resolve, reject) => {
      const sent = sendRequest({ host: '127.0.0.1', port, path, headers, agent: false }, (received) =>
        resolve({ request: sent, response: received }),
      );
      sent.on('error', reject).end();
    },
  );
  let text = '';
  let read = 0;
  let isOver = false;
  const events: ReceivedEvent[] = [];
  response.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    for (let end = text.indexOf('\n\n', read); end >= 0; end = text.indexOf('\n\n', read)) {
      const event = parse(text.slice(read, end));
      if (event !== null) events.push(event);
      read = end + 2;
    }
  });
  response.on('close', () => (isOver = true)).on('error', () => undefined);
  request.on('error', () => undefined);
  const reader: EventReader = {
    status: response.statusCode ?? 0,
    headers: response.headers,
    events,
    text: () => text,
    lastId: () => events.findLast(({ id }) => id !== null)?.id ?? null,
    isOver: () => isOver,
    next: (event, after = 0) =>
      waitFor(async () => events.slice(after).find((each) => each.event === event), {
        until: `${event} comes`,
      }),
    over: async () => {
      await waitFor(async () => isOver, { until: 'the stream is over' });
    },
    hangUp: () => void request.destroy(),
  };
  return reader;
}

function parse(block: string): ReceivedEvent | null {
  const fields = new Map(
    block.split('\n').flatMap((line): [string, string][] => {
      const at = line.indexOf(': ');
      return at <= 0 ? [] : [[line.slice(0, at), line.slice(at + 2)]];
    }),
  );
  const data = fields.get('data');
  if (data === undefined) return null;
  return {
    event: fields.get('event') ?? 'message',
    id: fields.get('id') ?? null,
    data: JSON.parse(data) as Record<string, unknown>,
  };
}
