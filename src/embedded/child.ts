import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Who a server runs as; absent means the user of this process. */
export type Identity = { uid: number; gid: number };

type ServerOptions = {
  command: string;
  args: string[];
  cwd: string;
  env?: NodeJS.ProcessEnv;
  /** How the server is told to stop: SIGINT is "disconnect everybody" to Postgres. */
  stopSignal: 'SIGINT' | 'SIGTERM';
  runAs?: Identity | undefined;
};

const keptLines = 20;

/** A server of our own: its last words, a promise of its end, and the way to end it. */
export type ServerProcess = {
  lastLines: readonly string[];
  /** Resolves with the exit code when the server has ended, for whatever reason. */
  ended: Promise<number>;
  /** Calls back for each line the server prints from now on. */
  onLine(listener: (line: string) => void): void;
  stop(): Promise<void>;
};

/**
 * Starts a server that ends with this process at the latest, even if that is killed, and that terminal
 * signals do not reach: whoever started it decides when its clients are done with it.
 */
export function startServer({ command, args, cwd, env, stopSignal, runAs }: ServerOptions): ServerProcess {
  const identity = runAs ? [String(runAs.uid), String(runAs.gid)] : ['-', '-'];
  const keeper = spawn(
    process.execPath,
    [join(__dirname, 'keeper.cjs'), stopSignal, ...identity, command, ...args],
    { cwd, detached: true, windowsHide: true, ...(env && { env }) },
  );
  const lastLines: string[] = [];
  const listeners: ((line: string) => void)[] = [];
  for (const stream of [keeper.stdout, keeper.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (lastLines.push(line) > keptLines) lastLines.shift();
      for (const listener of listeners) listener(line);
    });
  }
  const ended = once(keeper, 'exit').then(([code]) => Number(code ?? 1));
  keeper.stdin.on('error', () => {}); // it ended by itself, which `ended` tells
  return {
    lastLines,
    ended,
    onLine: (listener) => listeners.push(listener),
    async stop() {
      keeper.stdin.end();
      await ended;
    },
  };
}

/** Runs a program to its end. Throws an Error with its last words unless it succeeds. */
export async function run(
  command: string,
  args: string[],
  options: { cwd: string; runAs?: Identity | undefined; signal?: AbortSignal },
): Promise<void> {
  const { cwd, runAs, signal } = options;
  const program = spawn(command, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    ...runAs,
    ...(signal && { signal }),
  });
  const output: Buffer[] = [];
  for (const stream of [program.stdout, program.stderr])
    stream.on('data', (chunk: Buffer) => output.push(chunk));
  const [code] = await once(program, 'close');
  if (code === 0) return;
  const words = Buffer.concat(output).toString().trim().split('\n').slice(-keptLines).join('\n');
  throw new Error(`${command} failed with exit code ${code}:\n${words}`);
}
