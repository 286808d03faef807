import type { Logger } from '@tidetable/service-host';
import { uptime } from 'node:os';
import type { DataSource } from 'typeorm';
import { beginStep } from './begin-step.js';
import { type ClockReading, isStep, stepBetween, stepWhileAway } from './decide-step.js';

/** The clocks are compared so often at most, in milliseconds: it costs a question to the database. */
const compareEveryDefaultMs = 1_000;

const read = `
  SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "nowMs",
         (extract(epoch FROM seen_at) * 1000)::float8 AS "seenAtMs",
         steps,
         step_ms IS NOT NULL AS "isMoving"
    FROM clock`;

/** Only while nobody has acted on a step meanwhile. */
const note = 'UPDATE clock SET seen_at = clock_timestamp() WHERE steps = $1 AND step_ms IS NULL';

/** A row of `clock`, as `read` gives it. */
interface ReadClock {
  nowMs: number;
  seenAtMs: number;
  steps: number;
  isMoving: boolean;
}

/** The machine's, which counts its sleep as well. */
const machineElapsedMs = (): number => uptime() * 1_000;

/**
 * Watches the database's clock, the only one that decides anything, for steps: by comparing it with one that nobody sets.
 * The first of all schedulers that sees one has everything moved by it; until that is done nothing is steady.
 */
export class ClockWatch {
  private last: ClockReading | undefined;
  private steps = 0;
  private comparedAtMs = -Infinity;
  private steady = false;

  constructor(
    private readonly database: DataSource,
    private readonly logger: Logger,
    private readonly elapsedMs: () => number = machineElapsedMs,
    private readonly compareEveryMs = compareEveryDefaultMs,
  ) {}

  /** Whether moments in the database mean what they meant when they were written: else nothing may be taken for due. */
  async isSteady(): Promise<boolean> {
    if (this.steady && performance.now() - this.comparedAtMs < this.compareEveryMs) return true;
    this.steady = await this.compare();
    this.comparedAtMs = performance.now();
    return this.steady;
  }

  private async compare(): Promise<boolean> {
    const askedAtMs = this.elapsedMs();
    const shared = await this.readShared();
    const reading = { databaseMs: shared.nowMs, elapsedMs: (askedAtMs + this.elapsedMs()) / 2 };
    const isKnown = this.last !== undefined && shared.steps === this.steps;
    const known = isKnown ? this.last : undefined;
    // While moments are moved the last reading stays, so that another step during that is seen as well.
    if (!isKnown || !shared.isMoving) this.last = reading;
    this.steps = shared.steps;
    if (shared.isMoving) return false;
    const stepMs =
      known === undefined ? stepWhileAway(shared.seenAtMs, shared.nowMs) : stepBetween(known, reading);
    if (!isStep(stepMs, shared.seenAtMs, shared.nowMs)) {
      await this.database.query(note, [this.steps]);
      return true;
    }
    if (await beginStep(this.database, Math.round(stepMs), this.steps)) {
      this.logger.warn({ stepMs: Math.round(stepMs) }, 'clock of the database was set, schedules are moved');
    }
    return false;
  }

  private async readShared(): Promise<ReadClock> {
    const [row] = await this.database.query<ReadClock[]>(read);
    if (row === undefined) throw new Error('the row of the clock is missing');
    return row;
  }
}
