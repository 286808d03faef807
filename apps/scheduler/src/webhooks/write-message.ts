/** What is known of an event that is delivered. */
export interface DeliveredEvent {
  readonly id: string;
  readonly eventType: string;
  /** A path below the public address. */
  readonly source: string;
  readonly subject: string | null;
  readonly createdAt: Date;
  readonly payload: object;
}

export const cloudEventMediaType = 'application/cloudevents+json; charset=utf-8';

/**
 * The body of a delivery: a CloudEvent in structured JSON. The same bytes in each attempt. Without a public address
 * the source is a path alone, as CloudEvents allow.
 */
export function writeMessage(event: DeliveredEvent, publicUrl: string | undefined): string {
  return JSON.stringify({
    specversion: '1.0',
    id: event.id,
    type: event.eventType,
    source: `${publicUrl ?? ''}${event.source}`,
    ...(event.subject === null ? {} : { subject: event.subject }),
    time: event.createdAt.toISOString(),
    datacontenttype: 'application/json',
    data: event.payload,
  });
}
