import { Agent, request } from 'node:http';

export interface Measured {
  clients: number;
  perSecond: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
}

interface LoadOptions {
  clients: number;
  warmupMs: number;
  measureMs: number;
  /** One operation of one client, done when it resolves. */
  operation(): Promise<void>;
}

/** Lets clients repeat an operation, each as soon as its last has ended, and measures after a warm-up. */
export async function measure({ clients, warmupMs, measureMs, operation }: LoadOptions): Promise<Measured> {
  const begin = performance.now() + warmupMs;
  const end = begin + measureMs;
  const latencies: number[] = [];
  const client = async () => {
    for (;;) {
      const start = performance.now();
      if (start >= end) return;
      await operation();
      const now = performance.now();
      if (now >= begin && now < end) latencies.push(now - start);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  latencies.sort((a, b) => a - b);
  const quantile = (share: number) => round(latencies[Math.floor(latencies.length * share)] ?? 0);
  return {
    clients,
    perSecond: round((latencies.length / measureMs) * 1000),
    p50Ms: quantile(0.5),
    p95Ms: quantile(0.95),
    p99Ms: quantile(0.99),
  };
}

/** A caller of one API over connections that stay open; every answer must be a success. */
export function createCaller(url: string, token: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1024 });
  const post = (path: string, body: object) =>
    new Promise<void>((resolve, reject) => {
      const payload = Buffer.from(JSON.stringify({ token, ...body }));
      const headers = { 'Content-Type': 'application/json', 'Content-Length': payload.length };
      const sent = request(`${url}/api/v1.1${path}`, { method: 'POST', agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const answer = Buffer.concat(chunks).toString();
          if (answer.startsWith('{"error":0,')) resolve();
          else reject(new Error(`${path} answered ${answer}`));
        });
      });
      sent.on('error', reject);
      sent.end(payload);
    });
  return { post, close: () => agent.destroy() };
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
