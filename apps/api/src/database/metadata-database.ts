import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { temporarilyUnavailable } from '../http/refusal.js';
import { isDatabaseAway } from './is-database-away.js';

/** The metadata database: the one place that meets the errors of its driver. */
@Injectable()
export class MetadataDatabase {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /**
   * Asks the database. Nothing is repeated: a question that changes something may have done so when this throws.
   *
   * @throws Refusal 503 when the database is away; any other error as it is.
   */
  async ask<T>(question: (manager: EntityManager) => Promise<T>): Promise<T> {
    try {
      return await question(this.dataSource.manager);
    } catch (error) {
      if (isDatabaseAway(error)) throw temporarilyUnavailable();
      throw error;
    }
  }

  /** Whether the database answers and has every migration this release knows. */
  async isReady(): Promise<boolean> {
    const known = this.dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name);
    const [row] = await this.dataSource.query<{ applied: number }[]>(
      'SELECT count(DISTINCT name)::int AS applied FROM migrations WHERE name = ANY ($1)',
      [known],
    );
    return row?.applied === known.length;
  }
}
