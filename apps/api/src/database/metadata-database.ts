import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { metadataDataSourceOptions } from '@tidetable/metadata-db';
import type { Logger } from '@tidetable/service-host';
import pg from 'pg';
import { apiEnvironment, type ApiEnvironment } from '../api.env.js';
import { whoActs } from '../audit/acting.js';
import { apiLogger } from '../http/log-requests.js';
import { temporarilyUnavailable } from '../http/refusal.js';
import { isDatabaseAway } from './is-database-away.js';
import { poolOptions } from './pool-options.js';

/**
 * A statement that each connection prepares once, under its name: no two texts may share one. One that changes what the
 * audit trail tells of, outside of a transaction, selects {@link told}.
 */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Stands in statements for who makes the change; it is given behind all other parameters. */
const who = '$who';

/** Selected by a statement that changes something, this says by whom: triggers run after it and write it down. */
export const told = `set_config('tidetable.actor', ${who}, true)`;

/** Asks statements one after the other; the pool itself, or one transaction. */
export interface Asks {
  query<Row extends object>(statement: Statement, parameters: readonly unknown[]): Promise<Row[]>;
}

/** How often, and how long apart, a database that is not there yet is tried at the start. */
const startAttempts = 30;
const startDelayMs = 1_000;

/** The metadata database: a pool of connections, and the one place that meets the errors of its driver. */
@Injectable()
export class MetadataDatabase implements Asks, OnModuleInit, OnModuleDestroy {
  private readonly pool: pg.Pool;

  constructor(@Inject(apiEnvironment) environment: ApiEnvironment, @Inject(apiLogger) logger: Logger) {
    this.pool = new pg.Pool(poolOptions(environment.METADATA_DATABASE_URL));
    // A connection that breaks while nobody uses it is replaced by the next question.
    this.pool.on('error', () => logger.debug('idle database connection lost'));
  }

  /** Resolves once the database answers; rejects with its last error when it did not for half a minute. */
  async onModuleInit(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.pool.query('SELECT 1');
        return;
      } catch (error) {
        if (attempt === startAttempts || !isDatabaseAway(error)) throw error;
        await delay(startDelayMs);
      }
    }
  }

  async onModuleDestroy(): Promise<void> {
    await this.pool.end();
  }

  /**
   * Asks one statement. Nothing is repeated: a statement that changes something may have done so when this throws.
   *
   * @throws Refusal 503 when the database is away; any other error as it is.
   */
  async query<Row extends object>(statement: Statement, parameters: readonly unknown[]): Promise<Row[]> {
    return ask<Row>(this.pool, statement, parameters);
  }

  /**
   * Does work in one transaction, which is rolled back when the work throws.
   *
   * @throws Refusal 503 when the database is away; any other error as it is.
   */
  async transaction<T>(work: (transaction: Asks) => Promise<T>): Promise<T> {
    const client = await this.pool.connect().catch(refuseIfAway);
    try {
      await begin(client);
      const result = await work({ query: (statement, parameters) => ask(client, statement, parameters) });
      await ask(client, commit, []);
      client.release();
      return result;
    } catch (error) {
      await client.query('ROLLBACK').then(
        () => client.release(),
        () => client.release(true),
      );
      throw error;
    }
  }

  /** Whether the database answers and has every migration this release knows. */
  async isReady(): Promise<boolean> {
    const known = migrationNames();
    const { rows } = await this.pool.query<{ applied: number }>(
      'SELECT count(DISTINCT name)::int AS applied FROM migrations WHERE name = ANY ($1)',
      [known],
    );
    return rows[0]?.applied === known.length;
  }
}

/** Begins a transaction whose changes are those of whoever the request is from, in one exchange with the database. */
async function begin(client: pg.PoolClient): Promise<void> {
  const actor = pg.escapeLiteral(JSON.stringify(whoActs()));
  await client.query(`BEGIN; SELECT set_config('tidetable.actor', ${actor}, true)`).catch(refuseIfAway);
}

const commit: Statement = { name: 'commit', text: 'COMMIT' };

async function ask<Row extends object>(
  connection: pg.Pool | pg.PoolClient,
  { name, text }: Statement,
  parameters: readonly unknown[],
): Promise<Row[]> {
  const values: unknown[] = [...parameters];
  const isTold = text.includes(who);
  if (isTold) values.push(JSON.stringify(whoActs()));
  const numbered = isTold ? text.replace(who, () => `$${values.length}`) : text;
  try {
    return (await connection.query<Row>({ name, text: numbered, values })).rows;
  } catch (error) {
    return refuseIfAway(error);
  }
}

function refuseIfAway(error: unknown): never {
  throw isDatabaseAway(error) ? temporarilyUnavailable() : error;
}

function migrationNames(): string[] {
  const { migrations = [] } = metadataDataSourceOptions('');
  return Object.values(migrations).map((migration: unknown) => (migration as { name: string }).name);
}
