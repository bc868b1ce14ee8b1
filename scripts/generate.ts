import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiText } from '../src/http/openapi';
import { programSchemaText } from '../src/program-file/schema';

/** Writes the documents that are generated from the code; a test fails when they are stale. */
const docs = join(__dirname, '..', 'docs');

writeFileSync(join(docs, 'openapi.json'), openApiText());
writeFileSync(join(docs, 'program.schema.json'), programSchemaText());
