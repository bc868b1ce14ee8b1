import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { lookupPublic, PrivateAddress, whyHidden } from './address';

/** Thrown for a service that cannot be asked, or whose answer cannot be read: trying again does not help. */
class UnfitAnswer extends Error {
  override readonly name = 'UnfitAnswer';
}

interface Limits {
  signal: AbortSignal;
  timeoutMs: number;
  maxBytes: number;
}

/** Asks a service by POST JSON and answers its JSON; `user:password@` in the URL signs in. */
export type Ask = (url: string, body: object, limits: Limits) => Promise<unknown>;

/**
 * Makes an asker. Redirects are not followed. `allowsPrivate`: services may be in private networks, and
 * without TLS. What it makes throws UnfitAnswer, or another Error where asking again may help.
 */
export function createAsker(allowsPrivate: boolean): Ask {
  return async (url, body, { signal, timeoutMs, maxBytes }) => {
    const target = new URL(url);
    const hidden = allowsPrivate ? undefined : whyHidden(target);
    if (hidden !== undefined) throw new UnfitAnswer(hidden);
    const text = JSON.stringify(body);
    const response = await post(target, text, {
      headers: {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(text),
        'User-Agent': 'loyalty-points',
      },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      ...(!allowsPrivate && { lookup: lookupPublic }),
    });
    const { statusCode = 0 } = response;
    if (statusCode >= 200 && statusCode < 300) return readJson(response, maxBytes);
    response.destroy();
    const problem = `HTTP status ${statusCode}`;
    throw statusCode >= 500 || statusCode === 429 ? new Error(problem) : new UnfitAnswer(problem);
  };
}

function post(url: URL, body: string, options: RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const sending = request(url, { ...options, method: 'POST' }, resolve);
    sending.on('error', (error) =>
      reject(error instanceof PrivateAddress ? new UnfitAnswer(error.message) : error),
    );
    sending.end(body);
  });
}

async function readJson(response: IncomingMessage, maxBytes: number): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new UnfitAnswer(`expected at most ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    throw new UnfitAnswer('expected JSON in UTF-8');
  }
}
