import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Connection } from '@temporalio/client';
import type { SearchAttributeType } from '@temporalio/common';
import { startServer } from './child';
import { claimPort } from './ports';
import { findTemporal } from './temporal-cli';

type TemporalOptions = {
  /** Folder to keep the database file in; made when missing. */
  dataDir: string;
  /** Folder to keep a downloaded CLI in; `dataDir` unless given. */
  cacheDir?: string;
  /** Port of the frontend on 127.0.0.1; 0 takes a free one. */
  port: number;
  /** Port of the UI on 127.0.0.1; 0 takes a free one, absent means no UI. */
  uiPort?: number;
  /** Keep nothing on disk. */
  inMemory?: boolean;
  cliPath?: string | undefined;
  namespace?: string;
  /** Search attributes to register, name to type. */
  searchAttributes?: Readonly<Record<string, SearchAttributeType>>;
  /** Told what is happening, in sentences for a terminal. */
  progress(message: string): void;
};

type EmbeddedTemporal = {
  address: string;
  uiUrl: string | undefined;
  /** Resolves when the server has ended, asked or not. */
  ended: Promise<unknown>;
  stop(): Promise<void>;
};

const startTimeoutMs = 30_000;

/** With one shard and the default of 20 polls a second, every hop would wait up to 50 ms. */
const dynamicConfig = [
  'history.transferProcessorMaxPollRPS=1000',
  'history.timerProcessorMaxPollRPS=1000',
  'history.visibilityProcessorMaxPollRPS=1000',
];

/**
 * Starts the Temporal development server on 127.0.0.1 and waits until it serves the namespace.
 * Throws PortTaken, or an Error that says what to install or why the server did not start.
 */
export async function startTemporal(options: TemporalOptions): Promise<EmbeddedTemporal> {
  const { cliPath, progress, namespace = 'default' } = options;
  const home = resolve(options.dataDir);
  await mkdir(home, { recursive: true });
  const command = await findTemporal({ cliPath, cacheDir: options.cacheDir ?? home, progress });
  progress(`Starting Temporal (${command === 'temporal' ? '`temporal` from PATH' : command})`);

  const port = await claimPort(options.port, 'TEMPORAL_PORT');
  const hasUi = options.uiPort !== undefined;
  const uiPort = hasUi ? await claimPort(options.uiPort ?? 0, 'TEMPORAL_UI_PORT') : 0;
  const args = [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'error'],
    ...(hasUi ? ['--ui-port', String(uiPort), '--ui-disable-news-fetch'] : ['--headless']),
    ...(options.inMemory ? [] : fileFlags(join(home, 'temporal.sqlite'))),
    ...['--namespace', namespace],
    ...dynamicConfig.flatMap((value) => ['--dynamic-config-value', value]),
    ...Object.entries(options.searchAttributes ?? {}).flatMap(searchAttributeFlag),
  ];
  const server = startServer({ command, args, cwd: home, stopSignal: 'SIGTERM' });
  const address = `127.0.0.1:${port}`;
  const failed = server.ended.then(() => {
    throw new Error(`Temporal did not start. Its last words:\n${server.lastLines.join('\n')}`);
  });
  failed.catch(() => {}); // once it serves, `ended` tells
  await Promise.race([serves(address, namespace), failed]).catch(async (error) => {
    await server.stop();
    throw error;
  });
  return {
    address,
    uiUrl: hasUi ? `http://127.0.0.1:${uiPort}` : undefined,
    ended: server.ended,
    stop: server.stop,
  };
}

function fileFlags(file: string): string[] {
  return [
    '--db-filename',
    file,
    '--sqlite-pragma',
    'journal_mode=WAL',
    '--sqlite-pragma',
    'synchronous=NORMAL',
  ];
}

const typeNames: Record<SearchAttributeType, string> = {
  TEXT: 'Text',
  KEYWORD: 'Keyword',
  INT: 'Int',
  DOUBLE: 'Double',
  BOOL: 'Bool',
  DATETIME: 'Datetime',
  KEYWORD_LIST: 'KeywordList',
};

function searchAttributeFlag([name, type]: [string, SearchAttributeType]): string[] {
  return ['--search-attribute', `${name}=${typeNames[type]}`];
}

async function serves(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({
    address,
    connectTimeout: startTimeoutMs,
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 50, 'grpc.max_reconnect_backoff_ms': 200 },
  });
  try {
    await connection.workflowService.describeNamespace({ namespace });
  } finally {
    await connection.close();
  }
}
