import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { UnfitFeed } from '../domain/feed';
import { Expansion } from './limits';

type Bytes = AsyncIterable<Uint8Array>;

const isFeedName = (name: string) => /\.(xml|yml)$/i.test(name) && !name.startsWith('__MACOSX/');

/**
 * The documents in a file: itself, or what .zip, .gz and .tar.gz hold. Nothing is kept in memory; a .zip is
 * laid down in a temporary folder, because its contents are listed at its end. Throws UnfitFeed.
 */
export async function* unpack(file: Bytes): AsyncIterable<Bytes> {
  const { head, whole } = await peek(file, 512);
  const starts = (...bytes: number[]) => bytes.every((byte, index) => head[index] === byte);
  if (starts(0x50, 0x4b)) yield* guarded(unzip(whole));
  else if (starts(0x1f, 0x8b)) yield* guarded(gunzip(whole));
  else yield new Expansion().unpacked(whole, Number.POSITIVE_INFINITY);
}

/** What is wrong with an archive shows when it is opened, or when something in it is read. */
async function* guarded(documents: AsyncIterable<Bytes>): AsyncIterable<Bytes> {
  try {
    for await (const document of documents) yield guardedBytes(document);
  } catch (error) {
    throw isBroken(error) ? new UnfitFeed(`the archive cannot be read: ${error.message}`) : error;
  }
}

async function* guardedBytes(bytes: Bytes): AsyncIterable<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    throw isBroken(error) ? new UnfitFeed(`the archive cannot be read: ${error.message}`) : error;
  }
}

/** What zlib throws has a code of its own; tar-stream and yauzl throw plain errors without one. */
function isBroken(error: unknown): error is Error {
  if (typeof error !== 'object' || error === null) return false;
  const { name, code } = error as { name?: unknown; code?: unknown };
  return typeof code === 'string' ? code.startsWith('Z_') : name === 'Error' && code === undefined;
}

async function* gunzip(file: Bytes): AsyncIterable<Bytes> {
  const expansion = new Expansion();
  const packed = Readable.from(expansion.packed(file), { objectMode: false });
  const gunzipped = packed.on('error', (error) => unzipped.destroy(error)).pipe(createGunzip());
  const unzipped: Readable = gunzipped;
  const { head, whole } = await peek(expansion.unpacked(unzipped), 512);
  if (Buffer.from(head.subarray(257, 262)).toString('latin1') !== 'ustar') {
    yield whole;
    return;
  }
  const entries = extract();
  const feeding = pipeline(whole, entries);
  feeding.catch(() => undefined);
  let count = 0;
  for await (const entry of entries) {
    if (entry.header.type === 'file' && isFeedName(entry.header.name)) {
      count += 1;
      yield entry as Bytes;
    }
    entry.resume();
  }
  await feeding;
  if (count === 0) throw new UnfitFeed('the archive has no .xml or .yml in it');
}

async function* unzip(file: Bytes): AsyncIterable<Bytes> {
  const folder = await mkdtemp(join(tmpdir(), 'feed-'));
  let zip: ZipFile | undefined;
  try {
    const path = join(folder, 'feed.zip');
    await pipeline(file, createWriteStream(path, { mode: 0o600 }));
    zip = await openPromise(path, { lazyEntries: true, autoClose: false, validateEntrySizes: true });
    const expansion = new Expansion();
    let count = 0;
    for await (const entry of zip.eachEntry()) {
      if (!isFeedName(entry.fileName)) continue;
      count += 1;
      yield expansion.unpacked(await open(zip, entry), entry.compressedSize);
    }
    if (count === 0) throw new UnfitFeed('the archive has no .xml or .yml in it');
  } finally {
    zip?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function open(zip: ZipFile, entry: Entry): Promise<Bytes> {
  if (entry.isEncrypted()) throw new UnfitFeed('the archive is encrypted');
  return zip.openReadStreamPromise(entry);
}

/** The first bytes, and all of them. */
async function peek(file: Bytes, length: number): Promise<{ head: Uint8Array; whole: Bytes }> {
  const iterator = file[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < length) {
    const { value, done } = await iterator.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  async function* whole() {
    try {
      yield head;
      for (;;) {
        const { value, done } = await iterator.next();
        if (done) return;
        yield value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return { head, whole: whole() };
}
