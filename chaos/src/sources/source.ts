import { type Random } from '../random.js';
import { makeFile } from './make-file.js';
import { type SourceShape } from './version.js';

/** How a source answers for a while. */
export type Mood = 'well' | 'missing' | 'broken' | 'limiting' | 'stalling' | 'tearing' | 'empty';

const passingMoods: readonly Mood[] = ['missing', 'broken', 'limiting', 'stalling', 'tearing'];
/** What may be left of a source when everything has calmed down. */
const lastingMoods: readonly Mood[] = ['missing', 'broken', 'empty'];

/** A file that changes again and again, on a server that has its moods. */
export class Source {
  version = 0;
  body: Buffer = Buffer.alloc(0);
  mood: Mood = 'well';
  private timers: NodeJS.Timeout[] = [];
  private making: Promise<void> = Promise.resolve();
  private frozen = false;

  constructor(
    readonly shape: SourceShape,
    private readonly random: Random,
  ) {}

  /** The first version is there when this resolves, and others follow. */
  async begin(): Promise<void> {
    await this.advance();
    this.later(this.random.between(2_000, 30_000), () => this.change());
    this.later(this.random.between(10_000, 60_000), () => this.sulk());
  }

  /** Ends all change, for good: one source in eight stays in a bad mood. */
  async freeze(): Promise<void> {
    this.frozen = true;
    for (const timer of this.timers) clearTimeout(timer);
    await this.making;
    this.mood = this.shape.number % 8 === 7 ? lastingMoods[this.shape.number % 3]! : 'well';
  }

  private async advance(): Promise<void> {
    const version = this.version + 1;
    const body = await makeFile(this.shape, version);
    this.version = version;
    this.body = body;
  }

  private change(): void {
    this.making = this.advance().then(() => {
      // Files that take long to read or make change seldom, so that the machine is not busy with them alone.
      const slowness =
        this.shape.format === 'zip' || this.shape.format === 'gpkg' || this.shape.rows > 1_000 ? 3 : 1;
      this.later(slowness * this.random.between(5_000, 40_000), () => this.change());
    });
  }

  private sulk(): void {
    this.mood = this.random.pick(passingMoods);
    this.later(this.random.between(1_000, 8_000), () => {
      this.mood = 'well';
      this.later(this.random.between(15_000, 90_000), () => this.sulk());
    });
  }

  private later(ms: number, deed: () => void): void {
    if (!this.frozen) this.timers.push(setTimeout(deed, ms));
  }
}
