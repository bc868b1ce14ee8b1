import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { readConfig } from '../src/config';
import { Unavailable } from '../src/domain/unavailable';
import { type FilePlace, openFileStore } from '../src/file-store';

const folder = mkdtempSync(join(tmpdir(), 'loyalty-files-'));
afterAll(() => rm(folder, { recursive: true }));

/** TEST_S3=http://KEY:SECRET@HOST:PORT is a real S3-compatible server; without it, a folder is enough. */
const server = process.env.TEST_S3 ? new URL(process.env.TEST_S3) : undefined;
const region = 'us-east-1';
const key = { accessKeyId: server?.username ?? '', secretAccessKey: server?.password ?? '' };
const bucket = { name: `test-${Date.now()}`, region, endpoint: server?.origin, key };
const client = new S3Client({
  region,
  endpoint: bucket.endpoint ?? '',
  forcePathStyle: true,
  credentials: key,
});
beforeAll(async () => {
  if (server) await client.send(new CreateBucketCommand({ Bucket: bucket.name }));
});

const places: [string, FilePlace][] = [
  ['folder', { folder }],
  ...(server ? [['bucket', { bucket }] as never] : []),
];
const never = new AbortController().signal;
const bytesOf = (...parts: Uint8Array[]) => Buffer.concat(parts);

async function* inPieces(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readAll(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of content) parts.push(part);
  return bytesOf(...parts);
}

describe.each(places)('a %s', (_, place) => {
  const store = openFileStore(place);

  test.each([
    ['nothing', 0],
    ['a little', 1_000],
    ['more than is sent at once', 20_000_000],
  ])('keeps %s as it is', async (_, size) => {
    const bytes = Buffer.alloc(size, 'abcdefg');
    const name = await store.write('kept', inPieces(bytes, 65_000), never);
    expect(await store.exists(name)).toBe(true);
    expect((await readAll(store.read(name))).equals(bytes)).toBe(true);
  });

  test('gives each file a name of its own, and removes a group without its neighbour', async () => {
    const one = await store.write('group-1', inPieces(Buffer.from('one'), 9), never);
    const two = await store.write('group-1', inPieces(Buffer.from('two'), 9), never);
    const other = await store.write('group-12', inPieces(Buffer.from('other'), 9), never);
    expect(one).not.toBe(two);
    await store.removeGroup('group-1');
    expect(await Promise.all([one, two, other].map(store.exists))).toEqual([false, false, true]);
    await store.removeGroup('group-1');
    await expect(readAll(store.read(one))).rejects.toThrow();
  });

  test('keeps nothing that was broken off, and says why it was', async () => {
    const stopped = new AbortController();
    async function* stops() {
      yield Buffer.alloc(9_000_000);
      stopped.abort(new Error('Stopped'));
      yield Buffer.alloc(9_000_000);
    }
    await expect(store.write('broken', stops(), stopped.signal)).rejects.toThrow(/Stopped|aborted/);
    async function* fails() {
      yield Buffer.alloc(9_000_000);
      throw new RangeError('No more');
    }
    await expect(store.write('broken', fails(), never)).rejects.toThrow(RangeError);
    await store.removeGroup('broken');
    if (server) {
      const left = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket.name }));
      expect(left.Uploads ?? []).toEqual([]);
    }
  });
});

test('a bucket that cannot be reached is a fault that may pass', async () => {
  const place = { bucket: { ...bucket, endpoint: 'http://127.0.0.1:1', key } };
  const store = openFileStore(place);
  await expect(store.exists('a/b')).rejects.toThrow(Unavailable);
  await expect(readAll(store.read('a/b'))).rejects.toThrow(Unavailable);
  await expect(store.write('a', inPieces(Buffer.from('x'), 1), never)).rejects.toThrow(Unavailable);
  await expect(store.removeGroup('a')).rejects.toThrow(Unavailable);
});

const given = { S3_BUCKET: 'points', S3_REGION: 'eu-central-1' };

test.each([
  [{ S3_BUCKET: 'points' }, 'S3_REGION is required with S3_BUCKET'],
  [{ S3_REGION: 'eu-central-1' }, 'S3_BUCKET is required with S3_REGION'],
  [{ S3_ENDPOINT: 'http://127.0.0.1:9000' }, 'S3_BUCKET is required with S3_ENDPOINT'],
  [{ ...given, S3_ACCESS_KEY_ID: 'me' }, 'S3_SECRET_ACCESS_KEY is required with S3_ACCESS_KEY_ID'],
  [{ ...given, S3_SECRET_ACCESS_KEY: 'x' }, 'S3_ACCESS_KEY_ID is required with S3_SECRET_ACCESS_KEY'],
  [{ ...given, S3_ENDPOINT: 'minio:9000' }, 'S3_ENDPOINT is "minio:9000"; expected a URL such as'],
  [{ ...given, EXPORT_DIR: '/files' }, 'EXPORT_DIR and S3_BUCKET are both set'],
])('%j is refused', (env, message) => {
  expect(() => readConfig(env)).toThrow(message);
});
