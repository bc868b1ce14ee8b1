import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { Event } from '../../src/domain/event';

export interface Arrival {
  event: Event;
  headers: Record<string, string>;
  body: string;
}

/** Somebody who is sent events, over real HTTP. */
export interface Receiver {
  url: string;
  /** Every request that came, in order, whatever was answered. */
  arrivals: Arrival[];
  /** Says the status of the answer; 200 unless told otherwise. */
  answer: (event: Event) => number | Promise<number>;
  close(): Promise<void>;
}

export async function openReceiver(): Promise<Receiver> {
  const receiver: Receiver = { url: '', arrivals: [], answer: () => 200, close };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const event = JSON.parse(body) as Event;
    receiver.arrivals.push({ event, headers: request.headers as Record<string, string>, body });
    response.statusCode = await receiver.answer(event);
    response.end('thanks');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
  return receiver;

  async function close() {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
}

/** The event, if the signature is that of the secret; else throws what the library throws. */
export function verify({ body, headers }: Arrival, secret: string): unknown {
  return new Webhook(secret).verify(body, headers);
}
