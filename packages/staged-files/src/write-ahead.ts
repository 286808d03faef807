import type { FileHandle } from 'node:fs/promises';

/** Chunks are written together once they make so many bytes: few large writes cost less than many small ones. */
const batchBytes = 1024 * 1024;
/** After so many bytes the disk is asked to take what it has got, so that little is left to wait for at the end. */
const flushBytes = 32 * 1024 * 1024;

/**
 * Writes chunks to a file, one batch while the next is being collected, and returns once the disk has all of them.
 * At most two batches are in memory.
 */
export async function writeAhead(file: FileHandle, chunks: AsyncIterable<Buffer>): Promise<void> {
  let batch: Buffer[] = [];
  let bytes = 0;
  let unflushed = 0;
  let isFlushing = false;
  let failure: { error: unknown } | undefined;
  // What is under way. A failure is kept, since the system tells of one only once, and thrown at the next occasion.
  let writing: Promise<void> = Promise.resolve();
  let flushing: Promise<void> = Promise.resolve();
  const watch = (work: Promise<unknown>): Promise<void> =>
    work.then(
      () => undefined,
      (error: unknown) => void (failure ??= { error }),
    );

  const writeBatch = async (): Promise<void> => {
    await writing;
    if (failure !== undefined) throw failure.error;
    writing = watch(writeAll(file, batch));
    unflushed += bytes;
    batch = [];
    bytes = 0;
    if (unflushed < flushBytes || isFlushing) return;
    unflushed = 0;
    isFlushing = true;
    flushing = watch(file.datasync()).then(() => void (isFlushing = false));
  };

  try {
    for await (const chunk of chunks) {
      batch.push(chunk);
      bytes += chunk.length;
      if (bytes >= batchBytes) await writeBatch();
    }
    await writeBatch();
  } finally {
    // The file is closed after this: nothing may still be on its way to it.
    await Promise.all([writing, flushing]);
  }
  if (failure !== undefined) throw failure.error;
  await file.sync();
}

/** The system may take less than it is offered. */
async function writeAll(file: FileHandle, batch: Buffer[]): Promise<void> {
  for (let rest = batch; rest.length > 0;) {
    const { bytesWritten } = await file.writev(rest);
    rest = withoutFirst(rest, bytesWritten);
  }
}

function withoutFirst(buffers: Buffer[], bytes: number): Buffer[] {
  let index = 0;
  while (index < buffers.length && bytes >= buffers[index]!.length) bytes -= buffers[index++]!.length;
  if (index === buffers.length) return [];
  return [buffers[index]!.subarray(bytes), ...buffers.slice(index + 1)];
}
