import { Agent as HttpAgent, request as httpRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Webhook } from 'standardwebhooks';
import type { Event } from '../domain/event';
import type { Attempt } from '../domain/webhook';
import { lookupPublic, whyHidden } from './address';

/** Where to, and what to sign with: every secret gives a signature of its own. */
export interface Receiver {
  url: string;
  secrets: readonly string[];
}

/** Sends one event; whatever happens is an answer, nothing is thrown. */
export type Send = (
  receiver: Receiver,
  event: Event,
  limits: { signal: AbortSignal; timeoutMs: number },
) => Promise<Attempt>;

const connections = { keepAlive: true, maxSockets: 32, maxFreeSockets: 4, timeout: 30_000 };

/**
 * Makes a sender that follows the Standard Webhooks scheme: POST, JSON, headers webhook-id, webhook-timestamp
 * and webhook-signature. A status of 2xx is a success; redirects are not followed. `allowsPrivate`: receivers
 * may be in private networks, and without TLS.
 */
export function createSender(allowsPrivate: boolean): Send {
  const lookup = allowsPrivate ? {} : { lookup: lookupPublic };
  const agents = {
    'http:': new HttpAgent({ ...connections, ...lookup }),
    'https:': new HttpsAgent({ ...connections, ...lookup }),
  };

  return async ({ url, secrets }, event, { signal, timeoutMs }) => {
    const body = JSON.stringify(event);
    try {
      const target = new URL(url);
      const hidden = allowsPrivate ? undefined : whyHidden(target);
      if (hidden !== undefined) throw new Error(hidden);
      const status = await post(target, body, {
        agent: agents[target.protocol as keyof typeof agents],
        headers: { ...signed(secrets, event.event_id, body), 'Content-Length': Buffer.byteLength(body) },
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      const delivered = status >= 200 && status < 300;
      return { delivered, status, error: delivered ? null : `HTTP status ${status}` };
    } catch (error) {
      return { delivered: false, status: null, error: textOf(error, timeoutMs) };
    }
  };
}

function signed(secrets: readonly string[], id: string, body: string) {
  const now = new Date();
  return {
    'Content-Type': 'application/json',
    'User-Agent': 'loyalty-points',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
  };
}

/** Answers the status; the body of the answer is read away, so that the connection can be used again. */
function post(url: URL, body: string, options: RequestOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const sending = request(url, { ...options, method: 'POST' }, (response) => {
      response.on('error', reject);
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.resume();
    });
    sending.on('error', reject);
    sending.end(body);
  });
}

function textOf(error: unknown, timeoutMs: number): string {
  const { name, message, code } = error as Partial<NodeJS.ErrnoException>;
  if (name === 'AbortError' || name === 'TimeoutError') return `no answer in ${timeoutMs} ms`;
  return message || code || 'unknown';
}
