import { z } from 'zod';
import { defineEndpoint, type Endpoint, type EndpointAnswer } from '../endpoint.js';
import { exampleIds } from '../example-ids.js';
import { resourceId } from '../resource-id.js';
import type { LiveStreams } from './live-streams.js';

const tag = 'Live progress';
export const eventStreamMediaType = 'text/event-stream';

const requestHeaders = {
  'Last-Event-ID': 'The id of the last event that was seen: all changes of state since then come first.',
};
const description =
  'Server-Sent Events: `snapshot` (the present state), `state` (queued, syncing, success or failure, with the run), `progress` ' +
  '(phase, bytes and rows so far; not repeated), `reset` (too much was missed: a snapshot follows) and `end` (with the reason; connect again).';
const answers = {
  200: {
    description: 'Events, until one of us hangs up.',
    mediaType: eventStreamMediaType,
    headers: { 'x-accel-buffering': 'Asks proxies to pass events on at once.' },
  },
};

/** The endpoints that tell what happens while it happens. */
export function liveEndpoints(streams: LiveStreams): Endpoint[] {
  const ofOne = defineEndpoint({
    method: 'GET',
    path: '/synchronizations/:id/events',
    operationId: 'watchSynchronization',
    scope: 'read',
    tag,
    summary: 'Watch a synchronization',
    description,
    pathSchema: z.object({ id: resourceId('The id of the synchronization.') }),
    requestHeaders,
    answers,
    problems: ['streams-too-many'],
    example: { path: { id: exampleIds.synchronization }, status: 200 },
    handle: ({ account, path, headers }) =>
      answer(streams, { accountId: account.id, synchronizationId: path.id }, headers),
  });

  const ofAll = defineEndpoint({
    method: 'GET',
    path: '/events',
    operationId: 'watchAccount',
    scope: 'read',
    tag,
    summary: 'Watch all synchronizations',
    description: `${description} The snapshot has those that have a run under way.`,
    requestHeaders,
    answers,
    problems: ['streams-too-many'],
    example: { status: 200 },
    handle: ({ account, headers }) =>
      answer(streams, { accountId: account.id, synchronizationId: null }, headers),
  });

  return [ofOne, ofAll];
}

async function answer(
  streams: LiveStreams,
  ...[watched, headers]: Parameters<LiveStreams['watch']>
): Promise<EndpointAnswer> {
  const stream = await streams.watch(watched, headers);
  return {
    content: { mediaType: `${eventStreamMediaType}; charset=utf-8`, data: stream.output },
    headers: { 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
  };
}
