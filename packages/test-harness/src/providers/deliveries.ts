/** A notification as a provider sends it. */
interface Notification {
  /** Where the client wants it. */
  readonly address: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** What became of a notification; status 0 when nobody answered. */
export interface Delivered extends Notification {
  readonly status: number;
}

/** Where the notifications for an address really go; providers want https on public hosts, tests listen on loopback. */
export type Deliver = (address: string) => string;

/** Sends notifications, each after the one before. */
export class Deliveries {
  private readonly sent: Delivered[] = [];
  private last: Promise<void> = Promise.resolve();

  /** Without a way nothing is sent. */
  constructor(private readonly deliver: Deliver | null) {}

  send(notification: Notification): void {
    this.last = this.last.then(() => this.sendNow(notification));
  }

  /** All that were sent so far, with what the client answered, when the last is answered. */
  async settled(): Promise<readonly Delivered[]> {
    await this.last;
    return this.sent;
  }

  private async sendNow(notification: Notification): Promise<void> {
    const { address, headers, body } = notification;
    if (this.deliver === null) return;
    const status = await fetch(this.deliver(address), {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
    }).then(
      async (response) => {
        await response.body?.cancel();
        return response.status;
      },
      () => 0,
    );
    this.sent.push({ ...notification, status });
  }
}
