import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { UnfitFeed } from '../domain/feed';
import { lookupPublic, PrivateAddress, whyHidden } from '../webhooks/address';

const mostRedirects = 3;
const silenceMs = 60_000;

/** Fetches a feed; `user:password@` in the URL signs in. Throws UnfitFeed where trying again cannot help. */
export type FetchFeed = (url: string, signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;

/**
 * Makes a fetcher. `allowsPrivate`: feeds may be in private networks, and without TLS; else whatever a name
 * or a redirect points to must be a public address, and it is the very address that is connected to.
 */
export function createFetcher(allowsPrivate: boolean): FetchFeed {
  return async (url, signal) => {
    let target = urlOf(url);
    for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
      const hidden = allowsPrivate ? undefined : whyHidden(target);
      if (hidden !== undefined) throw new UnfitFeed(hidden);
      const response = await get(target, allowsPrivate, signal);
      const { statusCode = 0, headers } = response;
      if (statusCode === 200) return response;
      response.destroy();
      if (statusCode < 300 || statusCode >= 400 || !headers.location) {
        const problem = `the feed answered HTTP status ${statusCode}`;
        throw statusCode >= 500 ? new Error(problem) : new UnfitFeed(problem);
      }
      target = urlOf(headers.location, target);
    }
    throw new UnfitFeed(`the feed redirects more than ${mostRedirects} times`);
  };
}

function urlOf(url: string, base?: URL): URL {
  try {
    const target = new URL(url, base);
    if (target.protocol === 'http:' || target.protocol === 'https:') return target;
  } catch {
    // Said below.
  }
  throw new UnfitFeed('the feed has no URL of http or https');
}

function get(url: URL, allowsPrivate: boolean, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = { signal, timeout: silenceMs, ...(!allowsPrivate && { lookup: lookupPublic }) };
    const asking = (url.protocol === 'https:' ? httpsGet : httpGet)(url, options, resolve);
    asking.on('timeout', () => asking.destroy(new Error(`no answer in ${silenceMs} ms`)));
    asking.on('error', (error) =>
      reject(error instanceof PrivateAddress ? new UnfitFeed(error.message) : error),
    );
  });
}
