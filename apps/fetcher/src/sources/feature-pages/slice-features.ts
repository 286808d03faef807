import { SyncError } from '@tidetable/contracts';

/** One answer of a service that gives its features in pages. */
export interface FeaturePage {
  /** The JSON of each feature as it came. */
  readonly features: readonly Buffer[];
  /** Everything else of the answer. */
  readonly rest: Readonly<Record<string, unknown>>;
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const brackets: readonly number[] = [0x5b, 0x7b, 0x5d, 0x7d];

/** What is not features: declarations of fields and the like. In bytes. */
const restBytesMax = 4 * 1024 * 1024;

/**
 * Reads one JSON object with a member `features`, and cuts that array into its elements without taking them apart:
 * numbers keep all their digits.
 *
 * @throws SyncError source-service-error when it is no such object, file-too-large beyond `bytesMax`.
 */
export async function sliceFeatures(content: AsyncIterable<Buffer>, bytesMax: number): Promise<FeaturePage> {
  const slicer = createSlicer();
  let bytes = 0;
  for await (const piece of content) {
    bytes += piece.length;
    if (bytes > bytesMax) throw new SyncError('file-too-large', `a page of more than ${bytesMax} bytes`);
    slicer.take(piece);
  }
  return slicer.end();
}

interface Slicer {
  take(piece: Buffer): void;
  end(): FeaturePage;
}

/** Follows the nesting of JSON byte by byte; what is inside strings does not count. */
function createSlicer(): Slicer {
  const features: Buffer[] = [];
  const rest: Buffer[] = [];
  let element: Buffer[] = [];
  let key: number[] = [];
  let restBytes = 0;
  let depth = 0;
  let isInString = false;
  let isEscaped = false;
  let isKey = true;
  let isInFeatures = false;

  const keep = (bytes: Buffer): void => {
    restBytes += bytes.length;
    if (restBytes > restBytesMax) throw noFeatures();
    rest.push(bytes);
  };
  const take = (piece: Buffer): void => {
    // Where the element, or the rest, that is being read begins in this piece.
    let from = 0;
    for (let at = 0; at < piece.length; at += 1) {
      const byte = piece[at]!;
      if (isInString) {
        if (isEscaped) isEscaped = false;
        else if (byte === backslash) isEscaped = true;
        else if (byte === quote) isInString = false;
        else if (depth === 1 && isKey) key.push(byte);
        continue;
      }
      if (byte === quote) {
        isInString = true;
        if (depth === 1 && isKey) key = [];
      } else if (depth === 1 && byte === colon) isKey = false;
      else if (depth === 1 && byte === comma) isKey = true;
      else if (brackets.includes(byte)) {
        const isOpening = byte === 0x5b || byte === 0x7b;
        if (isOpening) {
          if (depth === 0 && byte === 0x5b) throw noFeatures();
          if (depth === 1 && byte === 0x5b && Buffer.from(key).toString() === 'features') {
            keep(piece.subarray(from, at + 1));
            isInFeatures = true;
          } else if (depth === 2 && isInFeatures) {
            element = [];
            from = at;
          }
          depth += 1;
        } else {
          depth -= 1;
          if (depth === 2 && isInFeatures) {
            element.push(piece.subarray(from, at + 1));
            features.push(element.length === 1 ? element[0]! : Buffer.concat(element));
            element = [];
          } else if (depth === 1 && isInFeatures) {
            isInFeatures = false;
            from = at;
          }
        }
      }
    }
    if (isInFeatures) {
      if (depth > 2) element.push(piece.subarray(from));
    } else keep(piece.subarray(from));
  };

  return {
    take,
    end: () => {
      const object = parseObject(Buffer.concat(rest).toString('utf8'));
      if (depth !== 0 || !Array.isArray(object['features'])) throw noFeatures();
      delete object['features'];
      return { features, rest: object };
    },
  };
}

function parseObject(json: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(json.replace(/^\ufeff/, ''));
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch (error) {
    throw noFeatures(error);
  }
}

function noFeatures(cause?: unknown): SyncError {
  return new SyncError('source-service-error', 'the answer holds no features', { cause });
}
