// Builds dist/: checked and compiled TypeScript, the files beside it, the workflows as one bundle, and the
// entries.
import { spawnSync } from 'node:child_process';
import { cp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const entries = ['api', 'worker', 'worker-health', 'migrate', 'check-ledger'];

await rm(dist, { recursive: true, force: true });

const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
const compiled = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
if (compiled.status !== 0) process.exit(1);

await cp(join(root, 'src'), join(dist, 'src'), { recursive: true, filter: (path) => !path.endsWith('.ts') });

const logger = new DefaultLogger('WARN');
const bundle = await bundleWorkflowCode({ workflowsPath: join(dist, 'workflows', 'index.js'), logger });
await writeFile(join(dist, 'workflow-bundle.js'), bundle.code);

for (const entry of entries) {
  await writeFile(join(dist, `${entry}.js`), `require('./src/${entry}.js').main();\n`);
}
