import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { subjects } from '../../src/contract/index';
import type { ApiHandlers } from '../../src/http/handler';
import { type ApiDependencies, startApi } from '../../src/http/server';
import { startTinyApi } from './tiny-api';

const config = { host: '127.0.0.1', port: 0, requestTimeoutMs: 5_000, shutdownTimeoutMs: 5_000 };
const silent = { info() {}, error() {} };

function dependencies(checks: ApiDependencies['checks'] = {}): ApiDependencies {
  const handlers = Object.fromEntries(Object.keys(subjects).map((subject) => [subject, {}])) as ApiHandlers;
  return { handlers, findAccess: () => undefined, now: () => new Date(), log: silent, checks };
}

const works = async () => true;

describe('health', () => {
  it('is live and ready', async () => {
    const api = await startApi(config, dependencies({ database: works }));
    expect(await (await fetch(`${api.url}/health/live`)).json()).toEqual({ status: 'live' });
    const ready = await fetch(`${api.url}/health/ready`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({ status: 'ready', parts: { database: 'ok' } });
    await api.stop();
  });

  it('is not ready while a part fails, and says which', async () => {
    const fails = async () => false;
    const throws = () => Promise.reject(new Error('postgres://user:secret@host'));
    const api = await startApi(config, dependencies({ database: throws, temporal: fails, other: works }));
    const ready = await fetch(`${api.url}/health/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toEqual({
      status: 'not ready',
      parts: { database: 'failing', temporal: 'failing', other: 'ok' },
    });
    await api.stop();
  });
});

describe('stop', () => {
  it('finishes what is under way and takes nothing new', async () => {
    let finish: (works: boolean) => void = () => {};
    let asked: () => void = () => {};
    const wasAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const slow = () =>
      new Promise<boolean>((resolve) => {
        finish = resolve;
        asked();
      });
    const api = await startApi(config, dependencies({ slow }));
    const answer = fetch(`${api.url}/health/ready`);
    await wasAsked;
    const stopped = api.stop();
    await expect(fetch(`${api.url}/health/live`)).rejects.toThrow('fetch failed');
    finish(true);
    expect((await answer).status).toBe(503);
    expect(await (await answer).json()).toEqual({ status: 'stopping', parts: { slow: 'ok' } });
    await stopped;
  });

  it('waits no longer than shutdownTimeoutMs', async () => {
    let asked: () => void = () => {};
    const wasAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const never = () => {
      asked();
      return new Promise<boolean>(() => {});
    };
    const api = await startApi({ ...config, shutdownTimeoutMs: 10 }, dependencies({ never }));
    const answer = fetch(`${api.url}/health/ready`).catch((error: Error) => error.message);
    await wasAsked;
    await api.stop();
    expect(await answer).toBe('fetch failed');
  });
});

it('rejects with the error of the system if the port is taken', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  await expect(startApi({ ...config, port }, dependencies())).rejects.toMatchObject({
    code: 'EADDRINUSE',
    port,
  });
  other.close();
});

it('tells clients to let go of their connections while it stops', async () => {
  const api = await startTinyApi({ isStopping: () => true });
  expect((await fetch(`${api.url}/health/live`)).headers.get('connection')).toBe('close');
  await api.close();
});
