import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createOfferReader, type FeedOptions } from '../src/domain/feed';
import { readYml } from '../src/feeds/read';
import { round } from './load';
import { allowToken, peakMiB, type Stack, startStack } from './stack';

const token = 'bench-token';
const headers = { Authorization: `Bearer ${token}` };
const path = '/admin/v1/market/feed-runs';
const options: FeedOptions = {
  entity_type: 'product',
  mode: 'add_and_update',
  overwrite_categories: true,
  params: 'create',
};

const tell = (line: string) => process.stderr.write(`${line}\n`);

/**
 * Makes a feed of 100,000 offers in a temporary folder, or of as many as the first argument says, and reads
 * it without a database; then imports it, imports it once more, and once more with other prices for a tenth.
 * Rows per second, and the most memory that the worker took before and during.
 */
async function main(offers: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'loyalty-feed-'));
  const stack = await startStack(tell);
  try {
    await stack.pool.query(`insert into market.currencies (code, name) values ('RUB', 'Rouble')`);
    await allowToken(stack, token, ['admin']);
    const { feed, dearer, warm } = await writeFeeds(folder, offers);
    const readSeconds = await readAll(feed, offers);
    await importAll(stack, warm); // warms everything up
    const before = await peakMiB(stack.workerPid);
    const first = await importAll(stack, feed);
    const again = await importAll(stack, feed);
    const changed = await importAll(stack, dearer);
    const isAsExpected =
      [first.added, again.unchanged, changed.offers].every((count) => count === offers) &&
      changed.updated === Math.ceil(offers / 10);
    if (!isAsExpected) throw new Error(`Not what was expected: ${JSON.stringify([first, again, changed])}`);
    const perSecond = (seconds: number) => Math.round(offers / seconds);
    const result = {
      offers,
      megabytes: round((await stat(feed)).size / 1e6),
      read_rows_per_second: perSecond(readSeconds),
      import_rows_per_second: perSecond(first.seconds),
      unchanged_rows_per_second: perSecond(again.seconds),
      tenth_changed_rows_per_second: perSecond(changed.seconds),
      worker_peak_mib: { before, after: await peakMiB(stack.workerPid) },
    };
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  } finally {
    await stack.close();
    await rm(folder, { recursive: true });
  }
}

async function writeFeeds(folder: string, offers: number) {
  const feed = join(folder, 'feed.yml');
  const dearer = join(folder, 'dearer.yml');
  const warm = join(folder, 'warm.yml');
  await pipeline(Readable.from(contentOf(offers, 0)), createWriteStream(feed));
  await pipeline(Readable.from(contentOf(offers, 1)), createWriteStream(dearer));
  await pipeline(Readable.from(contentOf(500, 0, 'warm')), createWriteStream(warm));
  return { feed, dearer, warm };
}

/** Every fifth offer is one of a group of two; every tenth costs so much more. */
async function* contentOf(offers: number, more: number, prefix = ''): AsyncIterable<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?><yml_catalog date="2026-01-01 00:00"><shop><name>Bench</name>';
  yield '<currencies><currency id="RUR" rate="1"/></currencies><categories>';
  for (let id = 1; id <= 500; id += 1) {
    yield `<category id="${id}"${id > 20 ? ` parentId="${(id % 20) + 1}"` : ''}>Category ${id}</category>`;
  }
  yield '</categories><offers>';
  for (let index = 0; index < offers; index += 1) yield offerOf(index, more, prefix);
  yield '</offers></shop></yml_catalog>';
}

function offerOf(index: number, more: number, prefix: string): string {
  const id = `${prefix}${index}`;
  const group = index % 5 === 0 ? ` group_id="g${prefix}${Math.floor(index / 10)}"` : '';
  const price = (index % 9_000) + 100 + (index % 10 === 0 ? more : 0);
  const host = 'https://shop.example.com';
  return `<offer id="${id}"${group} available="true"><url>${host}/goods/${id}?from=feed&amp;id=${id}</url>
<price>${price}.90</price><oldprice>${price + 300}</oldprice><currencyId>RUR</currencyId>
<categoryId>${(index % 500) + 1}</categoryId><picture>${host}/p/${id}-1.jpg</picture>
<picture>${host}/p/${id}-2.jpg</picture><delivery>true</delivery><vendor>Vendor ${index % 300}</vendor>
<model>Model ${id}</model><description><![CDATA[<p>Thing number ${id}, made to be used every day.</p>
<ul><li>Light and quiet</li><li>Two years of warranty</li></ul>]]></description>
<barcode>${4_600_000_000_000 + index}</barcode><count>${index % 50}</count>
<param name="Colour">Colour ${index % 16}</param><param name="Weight" unit="g">${(index % 900) + 100}</param>
<param name="Material">Steel &amp; glass</param></offer>\n`;
}

/** Reads a feed and says what each offer means; answers seconds. */
async function readAll(feed: string, offers: number): Promise<number> {
  const readOffer = createOfferReader(options, { product: new Map(), sku: new Map() });
  const begin = performance.now();
  let fit = 0;
  for await (const parts of readYml(createReadStream(feed))) {
    for (const part of parts) {
      if ('offer' in part && typeof readOffer(part.offer) === 'object') fit += 1;
    }
  }
  if (fit !== offers) throw new Error(`${fit} of ${offers} offers could be read`);
  return (performance.now() - begin) / 1000;
}

interface Run {
  state: string;
  problem: string | null;
  offers: number;
  added: number;
  updated: number;
  unchanged: number;
}

async function importAll({ url }: Stack, feed: string): Promise<Run & { seconds: number }> {
  const response = await fetch(`${url}${path}?params=create`, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/octet-stream' },
    body: Readable.toWeb(createReadStream(feed)),
    duplex: 'half',
  } as RequestInit);
  const { run_id, error_text } = (await response.json()) as { run_id?: string; error_text?: string };
  if (!run_id) throw new Error(error_text);
  const begin = performance.now();
  let told = begin;
  for (;;) {
    const run = (await (await fetch(`${url}${path}/${run_id}`, { headers })).json()) as Run;
    const now = performance.now();
    if (run.state === 'done') return { ...run, seconds: (now - begin) / 1000 };
    if (run.state === 'failed') throw new Error(run.problem ?? 'The import failed');
    if (now - told > 5_000) {
      tell(`${run.offers} offers`);
      told = now;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

main(Number(process.argv[2] ?? 100_000)).catch((error: unknown) => {
  tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
