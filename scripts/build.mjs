// Builds dist/ (or another folder of the project): checked and compiled TypeScript, the files beside it, the
// workflows as one bundle, and the entries. Usage: node scripts/build.mjs [FOLDER]
import { spawnSync } from 'node:child_process';
import { cp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = resolve(root, process.argv[2] ?? 'dist');
const entries = ['api', 'worker', 'worker-health', 'migrate', 'check-ledger', 'program', 'import', 'feed'];

await rm(dist, { recursive: true, force: true });

const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
const compiled = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', dist], {
  cwd: root,
  stdio: 'inherit',
});
if (compiled.status !== 0) process.exit(1);

for (const folder of ['src', 'demo']) {
  const isAsset = (path) => !path.endsWith('.ts');
  await cp(join(root, folder), join(dist, folder), { recursive: true, filter: isAsset });
}

const logger = new DefaultLogger('WARN');
const bundle = await bundleWorkflowCode({ workflowsPath: join(dist, 'workflows', 'index.js'), logger });
await writeFile(join(dist, 'workflow-bundle.js'), bundle.code);

for (const entry of entries) {
  await writeFile(join(dist, `${entry}.js`), `require('./src/${entry}.js').main();\n`);
}
