import { UnfitFeed } from '../domain/feed';

/** An archive may hold so many bytes, and so many times what it has itself: nothing honest has more. */
const longestFeed = 4 * 1024 ** 3;
const mostExpansion = 100;
const alwaysAllowed = 16 * 1024 ** 2;

/** Counts what goes into an unpacker and what comes out of it. Throws UnfitFeed when it is a bomb. */
export class Expansion {
  #packed = 0;
  #unpacked = 0;

  constructor(readonly longest = longestFeed) {}

  async *packed(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const chunk of chunks) {
      this.#packed += chunk.length;
      yield chunk;
    }
  }

  /** `packed`: what it was made of, if nobody counted that. */
  async *unpacked(chunks: AsyncIterable<Uint8Array>, packed?: number): AsyncIterable<Uint8Array> {
    for await (const chunk of chunks) {
      this.#unpacked += chunk.length;
      const allowed = Math.max(alwaysAllowed, (packed ?? this.#packed) * mostExpansion);
      if (this.#unpacked > this.longest) throw new UnfitFeed(`expected at most ${this.longest} bytes`);
      if (this.#unpacked > allowed) {
        throw new UnfitFeed(`the archive is more than ${mostExpansion} times as large unpacked: refused`);
      }
      yield chunk;
    }
  }
}
