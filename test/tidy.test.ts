import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';

const root = join(__dirname, '..');

/** Who may import what; the most specific row counts. `types` may be imported as types only. */
const layers: Record<string, { may: string[]; types?: string[] }> = {
  'src/domain': { may: ['src/domain', 'decimal.js', 'zod'] },
  'src/contract': { may: ['src/contract', 'src/domain', 'decimal.js', 'zod'] },
  'src/db': { may: ['src/db', 'src/domain', 'pg', 'pg-copy-streams', 'zod', 'node'] },
  'src/gateway.ts': {
    may: [
      'src/coalesce',
      'src/domain',
      'workflows/protocol',
      '@temporalio/client',
      '@temporalio/common',
      'uuidv7',
    ],
  },
  'src/coalesce.ts': { may: ['src/domain'] },
  'src/clock.ts': { may: [] },
  'src/file-store.ts': { may: ['src/bucket', 'node'] },
  'src/bucket.ts': {
    may: ['src/domain', '@aws-sdk/client-s3', '@aws-sdk/lib-storage', 'node'],
    types: ['src/file-store'],
  },
  'src/catalog.ts': { may: ['src/db', 'src/domain', 'pg'] },
  'src/http': {
    may: [
      ...[
        'src/http',
        'src/contract',
        'src/domain',
        'src/db/queries',
        'src/db/commands',
        'src/gateway',
        'src/catalog',
      ],
      ...['express', 'lossless-json', 'saxes', 'swagger-ui-dist', 'uuidv7', 'zod', 'node'],
    ],
    types: ['src/clock', 'src/db/query', 'src/file-store', 'pg'],
  },
  activities: {
    may: [
      ...['activities', 'src/db', 'src/domain', 'src/contract/nodes', 'src/contract/problems'],
      ...['src/contract/import-file', 'csv-parse'],
      ...['@temporalio/activity', 'uuidv7', 'node'],
    ],
    types: ['pg', 'src/feeds', 'src/catalog', 'src/file-store', 'src/gateway', 'src/webhooks', 'zod'],
  },
  'src/feeds': {
    may: ['src/feeds', 'src/domain', 'src/webhooks/address', 'saxes', 'tar-stream', 'yauzl', 'node'],
  },
  'src/webhooks': { may: ['src/webhooks', 'src/domain', 'standardwebhooks', 'node'] },
  workflows: {
    may: ['workflows', '@temporalio/workflow'],
    types: ['activities', 'src/domain'],
  },
  'src/program-file': {
    may: ['src/program-file', 'src/contract', 'src/db', 'src/domain', 'yaml', 'zod', 'node'],
    types: ['pg'],
  },
  'src/config.ts': { may: ['zod', 'node'] },
  'src/log.ts': { may: ['pino'] },
  'src/temporal-connection.ts': { may: ['src/config'] },
  'src/embedded': {
    may: ['src/embedded', 'pg', '@temporalio/client', '@temporalio/testing', 'node'],
    types: ['@temporalio/common', 'src/clock', 'src/config'],
  },
};

/** The processes, and what only they use: they may import anything. */
const entries = new Set(
  [
    ...['api', 'worker', 'worker-health', 'migrate', 'dev', 'program', 'import', 'check-ledger', 'feed'],
    ...['command', 'process', 'schedules', 'deliveries', 'look-again', 'scenarios', 'order-points'],
    ...['search-attributes'],
  ].map((name) => `src/${name}.ts`),
);

type Source = { path: string; text: string; lines: string[] };

function sources(folders: string[], ...endings: string[]): Source[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(
        (name) => `${folder}/${name}`,
      ),
    )
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .sort()
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return { path, text, lines: text.split('\n') };
    });
}

const product = sources(['src', 'workflows', 'activities'], '.ts', '.cjs');
const everything = [
  ...product,
  ...sources(['test', 'scripts', 'bench'], '.ts', '.mjs', '.js'),
  ...sources(['src/db'], '.sql'),
];
const self = 'test/tidy.test.ts';

/** Every line a rule objects to, as `path:line: text`. */
function linesThat(files: Source[], objects: (line: string, path: string) => boolean): string[] {
  return files.flatMap(({ path, lines }) =>
    lines.flatMap((line, index) => (objects(line, path) ? `${path}:${index + 1}: ${line.trim()}` : [])),
  );
}

type Import = { from: string; isType: boolean };

function importsOf({ path, text }: Source): Import[] {
  const statements = text.matchAll(/^(?:import|export)(?: (type)\b)?([^;'"=()]*?)\bfrom '([^']+)'/gm);
  const bare = text.matchAll(/^import '([^']+)'/gm);
  const calls = text.matchAll(/\b(?:import|require(?:\.resolve)?)\('([^']+)'\)/g);
  return [
    ...[...statements].map(([, type, names = '', from = '']) => ({
      from: resolved(path, from),
      isType: type !== undefined || /^\s*\{(\s*type [^,}]+,?)+\s*\}\s*$/.test(names),
    })),
    ...[...bare, ...calls].map(([, from = '']) => ({ from: resolved(path, from), isType: false })),
  ];
}

/** `./amount` from `src/domain/lot.ts` is `src/domain/amount`; `node:fs/promises` is `node`. */
function resolved(path: string, from: string): string {
  if (from.startsWith('node:')) return 'node';
  return from.startsWith('.') ? posix.join(posix.dirname(path), from) : from;
}

function isIn(target: string, place: string): boolean {
  return target === place || target.startsWith(`${place}/`);
}

function layerOf(path: string): string | undefined {
  return Object.keys(layers)
    .filter((layer) => isIn(path, layer))
    .sort((a, b) => b.length - a.length)[0];
}

describe('layers', () => {
  test('every file belongs to a layer or is an entry', () => {
    const homeless = product.map(({ path }) => path).filter((path) => !layerOf(path) && !entries.has(path));
    expect(homeless).toEqual([]);
  });

  test('nobody imports what the table does not allow', () => {
    const forbidden = product.flatMap((file) => {
      const layer = layers[layerOf(file.path) ?? ''];
      if (!layer) return [];
      return importsOf(file)
        .filter(({ from }) => !layer.may.some((place) => isIn(from, place)))
        .filter(({ from, isType }) => !isType || !layer.types?.some((place) => isIn(from, place)))
        .map(({ from, isType }) => `${file.path} imports ${isType ? 'a type of ' : ''}${from}`);
    });
    expect(forbidden).toEqual([]);
  });

  test('imports are seen however they are written', () => {
    const text = [
      "import a from 'a';",
      "import {\n  b,\n  type C,\n} from './b';",
      "import { type D, type E } from '../d';",
      "import type { F } from 'node:fs/promises';",
      "import 'g';",
      "export { h } from './h';",
      "const i = await import('i');",
    ].join('\n');
    expect(importsOf({ path: 'src/http/x.ts', text, lines: [] })).toEqual([
      { from: 'a', isType: false },
      { from: 'src/http/b', isType: false },
      { from: 'src/d', isType: true },
      { from: 'node', isType: true },
      { from: 'src/http/h', isType: false },
      { from: 'g', isType: false },
      { from: 'i', isType: false },
    ]);
  });

  test('the domain knows neither the clock nor chance', () => {
    const domain = product.filter(({ path }) => path.startsWith('src/domain/'));
    expect(
      linesThat(domain, (line) => /Date\.now|new Date\(\)|Math\.random|performance\./.test(line)),
    ).toEqual([]);
  });

  test('only src/config.ts reads the environment', () => {
    const readers = linesThat(
      everything,
      (line, path) =>
        /process\.env/.test(line) && path !== 'src/config.ts' && !/^(test|scripts|bench)\//.test(path),
    );
    expect(readers).toEqual([]);
  });
});

describe('text', () => {
  test('lines have at most 110 characters', () => {
    expect(linesThat(everything, (line) => line.length > 110)).toEqual([]);
  });

  test('functions have at most 70 lines', () => {
    const long = everything
      .filter(({ path }) => !path.startsWith('test/') && !path.endsWith('.sql'))
      .flatMap((file) => {
        const all = functionsOf(file);
        return all.map((span) => ({ at: `${span.path}:${span.start + 1}`, lines: ownLines(span, all) }));
      })
      .filter(({ lines }) => lines > 70);
    expect(long).toEqual([]);
  });

  test('nothing is left to do, and no check is switched off without a reason', () => {
    const files = everything.filter(({ path }) => path !== self);
    expect(linesThat(files, (line) => /\b(TODO|FIXME|XXX)\b/.test(line))).toEqual([]);
    expect(linesThat(files, (line) => /eslint-disable|@ts-ignore|@ts-nocheck/.test(line))).toEqual([]);
    expect(
      linesThat(files, (line) => /biome-ignore(?! [\w/]+: \w)|@ts-expect-error(?!: \w)/.test(line)),
    ).toEqual([]);
  });

  test('names say what a thing is', () => {
    const vague = /\w(Service|Manager|Helper|Utils?)$/;
    const declaration = /\b(?:class|interface|type|enum|function|const|let)\s+(\w+)/g;
    const names = everything.flatMap(({ path, text }) => {
      const declared = [...text.matchAll(declaration)].map(([, name = '']) => name);
      return [...declared, basename(path).replace(/\..*/, '')].map((name) => ({ path, name }));
    });
    const bad = names.filter(({ name }) => vague.test(name) || /\b(utils?|helpers?|managers?)\b/.test(name));
    expect(bad.map(({ path, name }) => `${path}: ${name}`)).toEqual([]);
  });

  test('files are kebab-case', () => {
    const names = everything.map(({ path }) => path).filter((path) => !path.endsWith('.sql'));
    expect(names.filter((path) => !/^[a-z0-9-]+(\.test|\.bench)?\.[cm]?[jt]s$/.test(basename(path)))).toEqual(
      [],
    );
  });

  test('exports have names, except where a tool asks for a default', () => {
    const toTools = ['test/support/global-setup.ts', 'test/support/global-teardown.ts'];
    expect(
      linesThat(everything, (line, path) => /^export default/.test(line) && !toTools.includes(path)),
    ).toEqual([]);
  });

  test('nothing speaks of the machine it was written on', () => {
    const files = everything.filter(({ path }) => path !== self);
    expect(linesThat(files, (line) => /['"`\s(](\/work|\/home|\/root|\/Users)\//.test(line))).toEqual([]);
  });
});

type Span = { path: string; start: number; end: number };

const opensFunction =
  /^ *(?:(?:export )?(?:async )?function\b|(?:(?:static|async|get|set) )*#?\w+\([^=]*\{$|.*=> \{$)/;
const opensOther = /^ *(?:if|for|while|switch|catch|\} )/;

/** Biome has laid the code out, so a function ends at the first line that closes its own indentation. */
function functionsOf({ path, lines }: Source): Span[] {
  return lines.flatMap((line, start) => {
    if (!opensFunction.test(line) || opensOther.test(line)) return [];
    const closing = `${/^ */.exec(line)}}`;
    const end = lines.findIndex(
      (other, index) => index > start && other.startsWith(closing) && !other.endsWith('{'),
    );
    return [{ path, start, end }];
  });
}

/** What is left to read of a function when the functions inside it are taken as read. */
function ownLines({ start, end }: Span, all: Span[]): number {
  const inner = all.filter((other) => other.start > start && other.end < end);
  const outermost = inner.filter((span) => !inner.some((o) => o.start < span.start && o.end > span.end));
  return end - start + 1 - outermost.reduce((sum, span) => sum + span.end - span.start, 0);
}

describe('SQL', () => {
  test('a function file is named as the one function it defines', () => {
    const wrong = sources(['src/db/functions'], '.sql').flatMap(({ path, text }) => {
      const defined = [...text.matchAll(/create or replace (?:function|procedure) (?:\w+\.)?(\w+)/gi)].map(
        ([, n]) => n,
      );
      const isRight = defined.length === 1 && defined[0] === basename(path, '.sql');
      return isRight ? [] : `${path} defines ${defined.join(', ') || 'nothing'}`;
    });
    expect(wrong).toEqual([]);
  });

  test('migrations are numbered from 1 without gaps', () => {
    const names = sources(['src/db/migrations'], '.sql').map(({ path }) => basename(path));
    const expected = names.map((name, index) => `${String(index + 1).padStart(4, '0')}${name.slice(4)}`);
    expect(names).toEqual(expected);
    expect(names.filter((name) => !/^\d{4}-[a-z0-9-]+\.sql$/.test(name))).toEqual([]);
  });
});
