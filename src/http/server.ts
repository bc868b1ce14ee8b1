import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AppOptions, createApp } from './app';
import { type ApiHandlers, type Implementation, implementAll } from './handler';

export interface ApiConfig {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly requestTimeoutMs: number;
  readonly shutdownTimeoutMs: number;
}

export interface ApiDependencies extends Omit<AppOptions, 'isStopping' | 'requestTimeoutMs'> {
  handlers: ApiHandlers;
  /** Endpoints that only some starts have. */
  extra?: readonly Implementation[];
}

export interface RunningApi {
  /** Such as http://127.0.0.1:3000 */
  url: string;
  /** Finishes the requests under way, for shutdownTimeoutMs at most, and takes no new ones. */
  stop(): Promise<void>;
}

/** Starts the API. Rejects with the error of the operating system if the port cannot be had. */
export async function startApi(config: ApiConfig, dependencies: ApiDependencies): Promise<RunningApi> {
  let isStopping = false;
  const { host, port, requestTimeoutMs, shutdownTimeoutMs } = config;
  const { handlers, extra = [] } = dependencies;
  const options = { ...dependencies, requestTimeoutMs, isStopping: () => isStopping };
  const server = createServer(createApp([...implementAll(handlers), ...extra], options));
  server.listen(port, host);
  await once(server, 'listening');

  const stop = async () => {
    isStopping = true;
    const closed = once(server, 'close');
    server.close();
    const timer = setTimeout(() => server.closeAllConnections(), shutdownTimeoutMs);
    await closed;
    clearTimeout(timer);
  };
  return { url: urlOf(host, (server.address() as AddressInfo).port), stop };
}

function urlOf(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
