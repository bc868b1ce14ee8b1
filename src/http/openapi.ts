import { subjects } from '../contract/index';
import { openApiDocument } from '../contract/openapi';
import { shapeOf } from '../contract/shape';
import { keysOf } from './receive';
import { writeBody } from './representation';

/** The OpenAPI document of this API as JSON text. */
export function openApiText(): string {
  const document = openApiDocument(subjects, (body, schema) =>
    indented(writeBody(body, 'xml', keysOf(shapeOf(schema)))),
  );
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** One element per line, for people. */
function indented(xml: string): string {
  let depth = 0;
  return xml
    .replace(/\n/g, '')
    .replace(/(?<=>)(?=<)/g, '\n')
    .split('\n')
    .map((line) => {
      if (line.startsWith('</')) depth -= 1;
      const result = '  '.repeat(depth) + line;
      if (/^<\w[^/]*>[^<]*$/.test(line)) depth += 1;
      return result;
    })
    .join('\n');
}
