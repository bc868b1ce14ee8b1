import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020';
import { parse } from 'yaml';
import { readConfig, requireServers, settings, variableOf } from '../src/config';

interface Service {
  image?: string;
  build?: unknown;
  command?: string[];
  environment?: Record<string, string>;
  restart?: string;
  healthcheck?: { test: string[] };
  ports?: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
}
type ComposeFile = { services: Record<string, Service> };

const root = join(__dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const text = read('docker-compose.yml');
const example = new Map(
  [...read('.env.example').matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
);
const variable = /\$\{(\w+)(?::([-?])([^}]*))?\}/g;
const variables = [...text.matchAll(variable)].map(([, name = '', kind]) => ({ name, kind }));

const written = (parse(text, { merge: true }) as ComposeFile).services;
const filled = parse(fillIn(text), { merge: true }) as ComposeFile;
const services = Object.entries(filled.services);
const ours = services.filter(([, { build }]) => build !== undefined);
const oneShots = new Set(waitedFor('service_completed_successfully'));

/** As compose does it: a required variable gets a value, any other its default. */
function fillIn(yaml: string): string {
  return yaml.replace(variable, (_, _name, kind, rest) => (kind === '-' ? rest : 'secret'));
}

function waitedFor(condition: string): string[] {
  return services.flatMap(([, { depends_on = {} }]) =>
    Object.entries(depends_on).flatMap(([name, dependency]) =>
      dependency.condition === condition ? [name] : [],
    ),
  );
}

test('it is what the Compose Specification calls a compose file', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  const validate = ajv.compile(JSON.parse(read('test/support/compose-spec.json')));
  validate(filled);
  expect(validate.errors).toBeNull();
});

test('.env.example has every variable that is used, and no other', () => {
  expect([...new Set(variables.map(({ name }) => name))].sort()).toEqual([...example.keys()].sort());
});

test('secrets come from the environment and have no default anywhere', () => {
  const required = variables.filter(({ kind }) => kind === '?').map(({ name }) => name);
  expect([...new Set(required)].map((name) => [name, example.get(name)])).toEqual(
    [...new Set(required)].map((name) => [name, '']),
  );
  const secrets = Object.entries(written).flatMap(([service, { environment = {} }]) =>
    Object.entries(environment)
      .filter(([name]) => /PASSWORD|PWD|SECRET|TOKEN|API_KEY|_URL$/.test(name))
      .map(([name, value]) => ({ at: `${service}.${name}`, value })),
  );
  const wholly = /^\$\{\w+:\?[^}]+\}$/;
  const inUrl = /^\w+:\/\/\w+:\$\{\w+:\?[^}]+\}@/;
  expect(secrets.filter(({ value }) => !wholly.test(value) && !inUrl.test(value))).toEqual([]);
  expect(secrets.length).toBeGreaterThan(5);
});

test.each(services)('%s starts again when it fails, and says whether it works', (name, service) => {
  if (oneShots.has(name)) {
    expect(service.restart).toMatch(/^on-failure:\d+$/);
    expect(service.healthcheck).toBeUndefined();
  } else {
    expect(service.restart).toBe('unless-stopped');
    expect(service.healthcheck?.test).not.toHaveLength(0);
  }
});

test('whoever waits for a service to be healthy waits for one that can tell', () => {
  const mute = waitedFor('service_healthy').filter((name) => !filled.services[name]?.healthcheck);
  expect(mute).toEqual([]);
});

test('images are pinned, and ours has the version of the package', () => {
  const { version } = JSON.parse(read('package.json')) as { version: string };
  for (const [, { image }] of services) expect(image).toMatch(/:\d+\.\d+(\.\d+)?$/);
  for (const [, { image }] of ours) expect(image).toBe(`loyalty-points:${version}`);
});

test.each(ours)('%s gets settings that exist and suffice', (_, { environment = {} }) => {
  const known = Object.keys(settings.shape).map(variableOf);
  expect(Object.keys(environment).filter((name) => !known.includes(name))).toEqual([]);
  expect(() => requireServers(readConfig(environment))).not.toThrow();
});

test.each(ours)('%s runs programs that the build makes', (_, { command = [], healthcheck }) => {
  const programs = [...command, ...(healthcheck?.test ?? [])].filter((word) => word.startsWith('dist/'));
  expect(programs).not.toHaveLength(0);
  const built = /entries = \[([^\]]*)\]/.exec(read('scripts/build.mjs'))?.[1];
  for (const program of programs)
    expect(built).toContain(`'${program.slice('dist/'.length, -'.js'.length)}'`);
});

test('the namespace, its search attributes and the tables exist before anybody needs them', () => {
  const done = { condition: 'service_completed_successfully' };
  const { migrate, api, worker } = filled.services;
  expect(migrate?.depends_on).toMatchObject({ 'temporal-namespace': done });
  expect(api?.depends_on).toMatchObject({ migrate: done });
  expect(worker?.depends_on).toMatchObject({ migrate: done });
});

test('nothing is published beyond this machine unless somebody says so', () => {
  const published = services.flatMap(([, { ports = [] }]) => ports);
  expect(published).toHaveLength(2);
  expect(published.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
});

test('API and workers share the folder of exports, and may write to it', () => {
  for (const name of ['api', 'worker']) {
    const { environment, volumes } = filled.services[name] ?? {};
    expect(volumes).toContain(`exports:${environment?.EXPORT_DIR}`);
    expect(read('Dockerfile')).toContain(`chown node ${environment?.EXPORT_DIR}`);
  }
});

test('the files that are mounted exist, and what Postgres runs may be run', () => {
  const mounted = services
    .flatMap(([, { volumes = [] }]) => volumes)
    .flatMap((volume) => (volume.startsWith('./') ? [volume.split(':')[0] as string] : []));
  expect(mounted.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  for (const [, { command = [], environment = {} }] of services) {
    const inside = [...command, ...Object.values(environment)].filter((word) => word.startsWith('/deploy/'));
    for (const path of inside)
      expect(existsSync(join(root, path.replace('/deploy', 'deploy/temporal')))).toBe(true);
  }
  expect(statSync(join(root, 'deploy/postgres/databases.sh')).mode & 0o111).toBe(0o111);
});

test('the Dockerfile copies what the build needs, and .dockerignore lets it through', () => {
  const allowed = read('.dockerignore')
    .split('\n')
    .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
  const copied = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, from = '']) =>
    from.split(' '),
  );
  expect(copied.sort()).toEqual(allowed.sort());
  expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  const copiedByBuild = /for \(const folder of \[([^\]]*)\]/.exec(read('scripts/build.mjs'))?.[1];
  const needed = ['scripts', 'workflows', 'activities', ...(copiedByBuild?.match(/\w+/g) ?? [])];
  expect(needed).toContain('src');
  expect(copied).toEqual(expect.arrayContaining(needed));
});
