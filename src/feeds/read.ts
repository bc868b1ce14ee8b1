import { TextDecoder } from 'node:util';
import { SaxesParser } from 'saxes';
import { type FeedCategory, type Offer, UnfitFeed } from '../domain/feed';

/** What a feed has in it, in order. */
export type FeedPart = { category: FeedCategory } | { offer: Offer };

const deepest = 32;
const longestText = 65_536;
const longestSilence = 1_048_576;
const mostElements = 2_000;

/**
 * Reads a feed in YML, in any encoding it declares; parts come as they are read, so nothing grows with it. A
 * DOCTYPE may name a file, as in samples, and must not declare anything: there are no entities but XML's own.
 * Throws UnfitFeed.
 */
export async function* readYml(chunks: AsyncIterable<Uint8Array>): AsyncIterable<FeedPart[]> {
  const reader = new YmlReader();
  let decoder: TextDecoder | undefined;
  for await (const chunk of chunks) {
    decoder ??= decoderFor(chunk);
    const parts = reader.read(decode(decoder, chunk));
    if (parts.length > 0) yield parts;
  }
  if (decoder) reader.read(decode(decoder));
  const parts = reader.end();
  if (parts.length > 0) yield parts;
}

function decoderFor(head: Uint8Array): TextDecoder {
  const start = Buffer.from(head.subarray(0, 200)).toString('latin1');
  const [, encoding = 'utf-8'] = /^[^<]*<\?xml[^>]*?encoding\s*=\s*["']([\w-]+)["']/.exec(start) ?? [];
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch {
    throw new UnfitFeed(`the encoding "${encoding}" is unknown`);
  }
}

function decode(decoder: TextDecoder, chunk?: Uint8Array): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined });
  } catch {
    throw new UnfitFeed(`the feed is not in ${decoder.encoding}, as it says`);
  }
}

type Attributes = Readonly<Record<string, string>>;
type OpenOffer = {
  attributes: Attributes;
  elements: Record<string, string[]>;
  params: { name: string; value: string; unit: string }[];
};

class YmlReader {
  readonly #parser = new SaxesParser();
  readonly #path: string[] = [];
  #parts: FeedPart[] = [];
  #text = '';
  #attributes: Attributes = {};
  #offer: OpenOffer | undefined;
  #offerDepth = 0;
  #elements = 0;
  #silence = 0;

  constructor() {
    const parser = this.#parser;
    parser.on('error', ({ message }) => refuse(message));
    parser.on('doctype', (text) => {
      if (text.includes('[')) refuse('a DOCTYPE with declarations is not allowed');
    });
    parser.on('opentag', ({ name, attributes }) => this.#open(name, attributes));
    parser.on('closetag', () => this.#close());
    parser.on('text', (text) => this.#write(text));
    parser.on('cdata', (text) => this.#write(text));
  }

  read(text: string): FeedPart[] {
    this.#silence += text.length;
    this.#parser.write(text);
    if (this.#silence > longestSilence) refuse(`expected at most ${longestSilence} characters without a tag`);
    return this.#take();
  }

  end(): FeedPart[] {
    this.#parser.close();
    return this.#take();
  }

  #take(): FeedPart[] {
    const parts = this.#parts;
    this.#parts = [];
    return parts;
  }

  #open(name: string, attributes: Attributes): void {
    this.#silence = 0;
    if (this.#path.length === 0 && name !== 'yml_catalog') refuse('expected the root element <yml_catalog>');
    if (this.#path.push(name) > deepest) refuse(`expected at most ${deepest} levels`);
    if (this.#isInsideElement()) this.#text += ' ';
    else {
      this.#text = '';
      this.#attributes = attributes;
    }
    if (name === 'offer' && this.#path.at(-2) === 'offers') {
      // Without a prototype: an element may be called "constructor".
      this.#offer = { attributes, elements: Object.create(null), params: [] };
      this.#offerDepth = this.#path.length;
      this.#elements = 0;
    } else if (this.#offer && ++this.#elements > mostElements) {
      refuse(`expected at most ${mostElements} elements in an offer`);
    }
  }

  #write(text: string): void {
    this.#silence = 0;
    this.#text += text;
    if (this.#text.length > longestText) refuse(`expected at most ${longestText} characters in an element`);
  }

  #close(): void {
    this.#silence = 0;
    if (this.#isInsideElement()) {
      this.#text += ' ';
      this.#path.pop();
      return;
    }
    const name = this.#path.pop() ?? '';
    const text = this.#text;
    this.#text = '';
    if (this.#offer && name === 'offer') {
      this.#parts.push({ offer: this.#offer });
      this.#offer = undefined;
    } else if (this.#offer) {
      this.#closeInOffer(this.#offer, name, text);
    } else if (name === 'category' && this.#path.at(-1) === 'categories') {
      const { id = '', parentId = '' } = this.#attributes;
      const parent_external_id = parentId.trim() || null;
      this.#parts.push({ category: { external_id: id.trim(), name: text.trim(), parent_external_id } });
    }
  }

  /** What is inside an element of an offer, such as markup in a description, is text of that element. */
  #isInsideElement(): boolean {
    return this.#offer !== undefined && this.#path.length > this.#offerDepth + 1;
  }

  #closeInOffer(offer: OpenOffer, name: string, text: string): void {
    if (name !== 'param') {
      offer.elements[name] = [...(offer.elements[name] ?? []), text];
      return;
    }
    const { name: called = '', unit = '' } = this.#attributes;
    offer.params.push({ name: called.trim(), value: text.trim(), unit: unit.trim() });
  }
}

function refuse(problem: string): never {
  throw new UnfitFeed(`malformed feed: ${problem}`);
}
