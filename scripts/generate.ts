import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiText } from '../src/http/openapi';
import { programSchemaText } from '../src/program-file/schema';
import { withPartsTables } from './parts-table';
import { withSettingsTable } from './settings-table';

/** Writes the documents that are generated from the code; a test fails when they are stale. */
const project = join(__dirname, '..');
const docs = join(project, 'docs');
const readme = join(project, 'README.md');

writeFileSync(join(docs, 'openapi.json'), openApiText());
writeFileSync(join(docs, 'program.schema.json'), programSchemaText());
writeFileSync(readme, withSettingsTable(readFileSync(readme, 'utf8')));
const promotions = join(docs, 'promotions.md');
writeFileSync(promotions, withPartsTables(readFileSync(promotions, 'utf8')));
