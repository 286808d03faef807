import { createHash } from 'node:crypto';
import type { StorageService } from '@tidetable/contracts';
import type { Pool } from 'pg';

/** A synchronized file whose service is to tell of changes. */
export interface PushItem {
  readonly synchronizationId: string;
  readonly accountId: string;
  readonly service: StorageService;
  readonly itemId: string;
}

/** A way that notifications come. */
export interface PushChannel {
  /** Ours; of Drive's channels theirs, too. */
  readonly id: string;
  readonly accountId: string;
  readonly service: StorageService;
  /** What is watched: a file of Drive, for a shortcut the one that it leads to; a folder of Box. */
  readonly target: string;
  /** The service's own name: a resource of Drive, a webhook of Box. */
  readonly remoteId: string;
  /** `null` where it has no end. */
  readonly expiresAt: Date | null;
}

interface ItemRow {
  synchronization_id: string;
  account_id: string;
  service: StorageService;
  item_id: string;
}

interface ChannelRow {
  id: string;
  account_id: string;
  service: StorageService;
  target: string;
  remote_id: string;
  expires_at: Date | null;
}

/** Deliveries are remembered for longer than they may be old, in minutes. */
const deliveryMinutes = 30;
const channelColumns = 'id, account_id, service, target, remote_id, expires_at';

/** Which files are watched, through which channels, and what has been delivered. */
export class PushStore {
  constructor(private readonly database: Pool) {}

  /** Remembers that a file is synchronized; true when that is new. */
  async note({ synchronizationId, accountId, service, itemId }: PushItem): Promise<boolean> {
    const { rowCount } = await this.database.query(
      `INSERT INTO push_items (synchronization_id, account_id, service, item_id) VALUES ($1, $2, $3, $4)
       ON CONFLICT (synchronization_id) DO NOTHING`,
      [synchronizationId, accountId, service, itemId],
    );
    return rowCount === 1;
  }

  /** The synchronizations after this one that are remembered, in order. */
  async listSynchronizations(after: string | null, limit: number): Promise<string[]> {
    const { rows } = await this.database.query<{ id: string }>(
      `SELECT synchronization_id AS id FROM push_items WHERE $1::uuid IS NULL OR synchronization_id > $1
        ORDER BY synchronization_id LIMIT $2`,
      [after, limit],
    );
    return rows.map(({ id }) => id);
  }

  async forgetSynchronizations(ids: readonly string[]): Promise<void> {
    await this.database.query('DELETE FROM push_items WHERE synchronization_id = ANY($1::uuid[])', [ids]);
  }

  /** Files without a channel, or with one that ends soon; those that failed a while ago at the latest. */
  async listWanting(earlyMs: number, retryMs: number, limit: number): Promise<PushItem[]> {
    const { rows } = await this.database.query<ItemRow>(
      `SELECT i.* FROM push_items i LEFT JOIN push_channels c ON c.id = i.channel_id
        WHERE (c.id IS NULL OR c.expires_at < now() + $1 * interval '1 millisecond')
          AND (i.tried_at IS NULL OR i.tried_at < now() - $2 * interval '1 millisecond')
        ORDER BY i.tried_at NULLS FIRST, i.synchronization_id LIMIT $3`,
      [earlyMs, retryMs, limit],
    );
    return rows.map(itemOf);
  }

  /** Opening a channel for it has failed. */
  async noteFailure(synchronizationId: string): Promise<void> {
    await this.database.query('UPDATE push_items SET tried_at = now() WHERE synchronization_id = $1', [
      synchronizationId,
    ]);
  }

  /** A channel of this target that holds for a while. */
  async findChannel(
    { accountId, service }: Pick<PushItem, 'accountId' | 'service'>,
    target: string,
    earlyMs: number,
  ): Promise<string | null> {
    const { rows } = await this.database.query<{ id: string }>(
      `SELECT id FROM push_channels WHERE account_id = $1 AND service = $2 AND target = $3
          AND (expires_at IS NULL OR expires_at >= now() + $4 * interval '1 millisecond')
        ORDER BY expires_at DESC NULLS FIRST LIMIT 1`,
      [accountId, service, target, earlyMs],
    );
    return rows[0]?.id ?? null;
  }

  /** Of the token only a hash is kept. */
  async addChannel(channel: PushChannel, token: string | null): Promise<void> {
    const { id, accountId, service, target, remoteId, expiresAt } = channel;
    await this.database.query(
      `INSERT INTO push_channels (${channelColumns}, token_hash) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [id, accountId, service, target, remoteId, expiresAt, token === null ? null : hash(token)],
    );
  }

  async useChannel(synchronizationId: string, channelId: string): Promise<void> {
    await this.database.query(
      'UPDATE push_items SET channel_id = $2, tried_at = NULL WHERE synchronization_id = $1',
      [synchronizationId, channelId],
    );
  }

  /** Channels that no file uses any more. */
  async listUnused(): Promise<PushChannel[]> {
    const { rows } = await this.database.query<ChannelRow>(
      `SELECT ${channelColumns} FROM push_channels c
        WHERE NOT EXISTS (SELECT FROM push_items i WHERE i.channel_id = c.id)`,
    );
    return rows.map(channelOf);
  }

  async listChannels(accountId: string, service: StorageService): Promise<PushChannel[]> {
    const { rows } = await this.database.query<ChannelRow>(
      `SELECT ${channelColumns} FROM push_channels WHERE account_id = $1 AND service = $2`,
      [accountId, service],
    );
    return rows.map(channelOf);
  }

  async removeChannel(id: string): Promise<void> {
    await this.database.query('DELETE FROM push_channels WHERE id = $1', [id]);
  }

  /** Nothing of this account's files at the service is watched any more. */
  async forgetAccount(accountId: string, service: StorageService): Promise<void> {
    const place = [accountId, service];
    await this.database.query('DELETE FROM push_items WHERE account_id = $1 AND service = $2', place);
    await this.database.query('DELETE FROM push_channels WHERE account_id = $1 AND service = $2', place);
  }

  /** The channel of Drive that a message came through, its token's hash, and the number of the last message. */
  async findDriveChannel(id: string): Promise<{ channel: PushChannel; tokenHash: string } | null> {
    const { rows } = await this.database.query<ChannelRow & { token_hash: string }>(
      `SELECT ${channelColumns}, token_hash FROM push_channels WHERE id = $1 AND service = 'gdrive'`,
      [id],
    );
    return rows[0] === undefined ? null : { channel: channelOf(rows[0]), tokenHash: rows[0].token_hash };
  }

  /** The files that a channel is for, as synchronizations name them: a shortcut is not what it leads to. */
  async itemsOf(channelId: string): Promise<string[]> {
    const { rows } = await this.database.query<{ id: string }>(
      'SELECT DISTINCT item_id AS id FROM push_items WHERE channel_id = $1',
      [channelId],
    );
    return rows.map(({ id }) => id);
  }

  /** Takes a message of a channel; false when it came before. Their numbers rise. */
  async takeMessage(channelId: string, messageNumber: number): Promise<boolean> {
    const { rowCount } = await this.database.query(
      'UPDATE push_channels SET last_message = $2 WHERE id = $1 AND last_message < $2',
      [channelId, messageNumber],
    );
    return rowCount === 1;
  }

  async findBoxChannel(webhookId: string): Promise<PushChannel | null> {
    const { rows } = await this.database.query<ChannelRow>(
      `SELECT ${channelColumns} FROM push_channels WHERE remote_id = $1 AND service = 'box'`,
      [webhookId],
    );
    return rows[0] === undefined ? null : channelOf(rows[0]);
  }

  /** Takes a delivery; false when it came before. */
  async takeDelivery(deliveryId: string): Promise<boolean> {
    const { rowCount } = await this.database.query(
      'INSERT INTO push_deliveries (id) VALUES ($1) ON CONFLICT (id) DO NOTHING',
      [hash(deliveryId)],
    );
    return rowCount === 1;
  }

  /** As if it had not come: nothing has come of it. */
  async giveBackDelivery(deliveryId: string): Promise<void> {
    await this.database.query('DELETE FROM push_deliveries WHERE id = $1', [hash(deliveryId)]);
  }

  async forgetOldDeliveries(): Promise<void> {
    await this.database.query(
      `DELETE FROM push_deliveries WHERE received_at < now() - $1 * interval '1 minute'`,
      [deliveryMinutes],
    );
  }

  /** Whose connections lead to these accounts at the service. */
  async accountsOf(service: StorageService, providerAccountIds: readonly string[]): Promise<string[]> {
    const { rows } = await this.database.query<{ id: string }>(
      `SELECT DISTINCT account_id AS id FROM connections
        WHERE service = $1 AND provider_account_id = ANY($2::text[]) AND state = 'connected'`,
      [service, providerAccountIds],
    );
    return rows.map(({ id }) => id);
  }

  /** A file that has moved may need another channel. */
  async forgetChannelOf(accountId: string, service: StorageService, itemId: string): Promise<void> {
    await this.database.query(
      'UPDATE push_items SET channel_id = NULL WHERE account_id = $1 AND service = $2 AND item_id = $3',
      [accountId, service, itemId],
    );
  }
}

/** The hash of a secret that is only ever compared, or of a name of any length. */
export function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function itemOf(row: ItemRow): PushItem {
  return {
    synchronizationId: row.synchronization_id,
    accountId: row.account_id,
    service: row.service,
    itemId: row.item_id,
  };
}

function channelOf(row: ChannelRow): PushChannel {
  return {
    id: row.id,
    accountId: row.account_id,
    service: row.service,
    target: row.target,
    remoteId: row.remote_id,
    expiresAt: row.expires_at,
  };
}
