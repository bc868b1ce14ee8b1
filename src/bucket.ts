import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { Unavailable } from './domain/unavailable';
import type { FileStore } from './file-store';

/** A bucket of S3, or of a store that speaks its language. */
export interface BucketSettings {
  name: string;
  region: string;
  /** Where the store is, if it is not that of AWS. */
  endpoint: string | undefined;
  /** Without it, what the AWS SDK finds around the process. */
  key: { accessKeyId: string; secretAccessKey: string } | undefined;
}

/** Thrown when the bucket cannot be used now. */
class BucketUnavailable extends Unavailable {
  override readonly name = 'BucketUnavailable';

  constructor(cause: unknown) {
    super('The bucket cannot be used', { cause });
  }
}

/** What is sent at once, and so what a file takes of memory; an object has at most 10,000 such parts. */
const partSize = 8 * 1024 * 1024;

/**
 * Keeps files as objects of a bucket, named GROUP/UUID. An object appears when it is whole. Throws
 * BucketUnavailable.
 */
export function openBucket({ name: Bucket, region, endpoint, key }: BucketSettings): FileStore {
  const client = new S3Client({
    region,
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    ...(key && { credentials: key }),
    // Stores other than that of AWS do not know the newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });

  return {
    async write(group, content, signal) {
      const Key = `${group}/${randomUUID()}`;
      const source = new Source(content);
      const params = { Bucket, Key, Body: Readable.from(source.read(), { objectMode: false }) };
      const upload = new Upload({ client, params, partSize, queueSize: 1 });
      const abort = () => void upload.abort();
      signal.addEventListener('abort', abort, { once: true });
      try {
        signal.throwIfAborted();
        await upload.done();
        return Key;
      } catch (error) {
        throw signal.aborted ? signal.reason : (source.failure ?? asUnavailable(error));
      } finally {
        signal.removeEventListener('abort', abort);
      }
    },

    async exists(Key) {
      try {
        await client.send(new HeadObjectCommand({ Bucket, Key }));
        return true;
      } catch (error) {
        if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return false;
        throw asUnavailable(error);
      }
    },

    async *read(Key) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key })).catch(throwUnavailable);
      yield* Body as Readable;
    },

    async remove(Key) {
      await client.send(new DeleteObjectCommand({ Bucket, Key })).catch(throwUnavailable);
    },

    async removeGroup(group) {
      const Prefix = `${group}/`;
      try {
        for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
          for (const { Key } of Contents) await client.send(new DeleteObjectCommand({ Bucket, Key }));
        }
        // What a killed process had begun to write is no object yet, and is kept, and charged, for ever.
        const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix }));
        for (const { Key, UploadId } of Uploads) {
          await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
        }
      } catch (error) {
        throw asUnavailable(error);
      }
    },
  };
}

/** Remembers why reading broke off: that is not the fault of the bucket. */
class Source {
  failure: unknown;

  constructor(readonly content: AsyncIterable<Uint8Array>) {}

  async *read() {
    try {
      yield* this.content;
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}

/** What a bucket refuses, such as a wrong key, somebody can put right as well as its silence. */
function asUnavailable(error: unknown): unknown {
  return error instanceof Unavailable ? error : new BucketUnavailable(error);
}

function throwUnavailable(error: unknown): never {
  throw asUnavailable(error);
}
