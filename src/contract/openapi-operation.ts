import { type RefusalCode, refusals } from '../domain/refusal';
import { commonRefusals, type Endpoint, restFamilies } from './endpoint';
import { successBody, successTexts } from './envelope';
import type { JsonSchema } from './fields';
import { jsonSchemaOf } from './json-schema';

type Json = Readonly<Record<string, unknown>>;

/** Writes a body that follows the schema as XML. */
export type WriteXml = (body: object, schema: Endpoint['request']) => string;

export interface OperationContext {
  /** Unique: the operationId, and the prefix of its schemas. */
  id: string;
  tag: string;
  writeXml: WriteXml;
  /** Takes the schemas of the operation. */
  schemas: Record<string, JsonSchema>;
}

/** One operation of the OpenAPI document; its schemas are put beside those of the others. */
export function operationOf(endpoint: Endpoint, context: OperationContext): Json {
  const { id, tag, schemas } = context;
  const isRest = restFamilies.has(endpoint.family);
  const body = requestSchema(endpoint);
  const parameters = isRest ? parametersOf(endpoint, body) : [];
  const inUrl = new Set(parameters.map(({ name }) => name));
  const inBody = Object.keys(body.properties).filter((name) => !inUrl.has(name));
  if (inBody.length > 0) schemas[`${id}.request`] = withKeys(body, inBody);
  schemas[`${id}.answer`] = answerSchema(endpoint);
  return {
    operationId: id,
    tags: [tag],
    summary: endpoint.summary,
    description: describe(endpoint, body),
    security: endpoint.scope === null ? [] : [{ token: [endpoint.scope] }],
    ...(parameters.length > 0 && { parameters }),
    ...(inBody.length > 0 && { requestBody: { required: true, content: requestContent(endpoint, context) } }),
    ...(endpoint.upload !== null && { requestBody: uploadBody(endpoint.upload) }),
    responses: isRest ? restResponses(endpoint, id) : envelopeResponse(endpoint, context),
  };
}

interface ObjectSchema extends Json {
  properties: Readonly<Record<string, Json>>;
  required?: readonly string[];
}

function requestSchema(endpoint: Endpoint): ObjectSchema {
  const schema = jsonSchemaOf(endpoint.request, 'input') as ObjectSchema;
  if (restFamilies.has(endpoint.family)) return schema;
  const transport = {
    token: { type: 'string', description: 'API token, unless it is sent in the header Authorization.' },
    format: { type: 'string', enum: ['json', 'xml'], description: 'Format of the answer.' },
  };
  return { ...schema, properties: { ...schema.properties, ...transport }, xml: { name: 'xml' } };
}

function withKeys(schema: ObjectSchema, keys: readonly string[]): JsonSchema {
  const required = schema.required?.filter((key) => keys.includes(key)) ?? [];
  const properties = Object.fromEntries(keys.map((key) => [key, schema.properties[key]]));
  return { ...schema, properties, required };
}

/** Parameters of the path, and of the query where there is no body. */
function parametersOf({ path, method, upload }: Endpoint, schema: ObjectSchema) {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
  const hasQuery = method === 'GET' || method === 'DELETE' || upload !== null;
  return Object.entries(schema.properties)
    .filter(([name]) => hasQuery || inPath.includes(name))
    .map(([name, { description, ...rest }]) => ({
      name,
      in: inPath.includes(name) ? 'path' : 'query',
      required: schema.required?.includes(name) ?? false,
      ...(description !== undefined && { description }),
      schema: rest,
    }));
}

function requestContent(endpoint: Endpoint, { id, writeXml }: OperationContext): Json {
  const schema = { $ref: `#/components/schemas/${id}.request` };
  const [example] = endpoint.examples;
  const json = { schema, ...(example && { example: example.request }) };
  if (endpoint.family === 'admin') return { 'application/json': json };
  const xml = { schema, ...(example && { example: writeXml(example.request, endpoint.request) }) };
  return { 'application/json': json, 'application/xml': xml };
}

function uploadBody(type: string): Json {
  return { required: true, content: { [type]: { schema: { type: 'string', format: 'binary' } } } };
}

/** The payload, in its envelope unless it is a management call. */
function answerSchema({ family, response }: Endpoint): JsonSchema {
  if (family === 'files') return { type: 'string' };
  const payload = jsonSchemaOf(response, 'output') as ObjectSchema;
  if (family === 'admin') return payload;
  const outcome = { error: { const: 0 }, error_text: { const: successTexts[family] } };
  return {
    ...payload,
    properties: { ...outcome, ...payload.properties },
    required: ['error', 'error_text', ...(payload.required ?? [])],
    xml: { name: 'xml' },
  };
}

function envelopeResponse(endpoint: Endpoint, { id, writeXml }: OperationContext): Json {
  const refs = [`#/components/schemas/${id}.answer`, '#/components/schemas/Failure'];
  const schema = { oneOf: refs.map(($ref) => ({ $ref })) };
  const [example] = endpoint.examples;
  const success = example && successBody(endpoint, example.response);
  const refused = Object.fromEntries(refusalsOf(endpoint).map((code) => [code, exampleOf(code)]));
  const examples = { ...(success && { success: { summary: 'Success', value: success } }), ...refused };
  const xml = success && { example: writeXml(success, endpoint.response) };
  return {
    '200': {
      description: describeOutcomes(endpoint),
      content: { 'application/json': { schema, examples }, 'application/xml': { schema, ...xml } },
    },
  };
}

function restResponses(endpoint: Endpoint, id: string): Json {
  const [example] = endpoint.examples;
  const schema = { $ref: `#/components/schemas/${id}.answer` };
  const json = { schema, ...(example && { example: example.response }) };
  const table = endpoint.table !== null && { 'text/csv': { schema: { type: 'string' } } };
  const content = endpoint.family === 'files' ? { 'text/csv': json } : { 'application/json': json, ...table };
  const success = { description: 'Success', content };
  const codes = refusalsOf(endpoint);
  const failures = [...new Set(codes.map((code) => refusals[code].error))].map((error) => {
    const same = codes.filter((code) => refusals[code].error === error);
    const examples = Object.fromEntries(same.map((code) => [code, exampleOf(code)]));
    const content = { schema: { $ref: '#/components/schemas/ManagementFailure' }, examples };
    return [error, { description: same.join(', '), content: { 'application/json': content } }];
  });
  return { [endpoint.status]: success, ...Object.fromEntries(failures) };
}

const exampleOf = (code: RefusalCode) => ({ $ref: `#/components/examples/${code}` });

/** By number; tokens and programs do not matter where no token is asked for. */
function refusalsOf({ scope, refusals: own }: Endpoint): RefusalCode[] {
  const needless =
    scope === null ? ['token_missing', 'token_ambiguous', 'token_invalid', 'scope_missing'] : [];
  const common = commonRefusals.filter((code) => code !== 'method_not_allowed' && !needless.includes(code));
  return [...common, ...own].sort((a, b) => refusals[a].error - refusals[b].error);
}

/** What it does, and its fields at a glance. */
function describe({ description, scope, aliases }: Endpoint, { properties, required }: ObjectSchema): string {
  const rows = Object.entries(properties).map(([name, schema]) => {
    const mark = required?.includes(name) ? ' *' : '';
    return `| \`${name}\`${mark} | ${typeText(schema)} | ${cell(String(schema.description ?? ''))} |`;
  });
  return [
    description,
    ...(scope === null ? [] : [`Scope of the token: \`${scope}\`.`]),
    ...(aliases.length === 0 ? [] : [`Also at ${aliases.map((path) => `\`${path}\``).join(', ')}.`]),
    ['| field, * required | type | |', '|---|---|---|', ...rows].join('\n'),
  ].join('\n\n');
}

function typeText({ type, enum: words, format }: Json): string {
  if (Array.isArray(words)) return words.join(', ');
  return String(format ?? [type].flat().join(' or '));
}

/** What may come of it, by number. */
function describeOutcomes(endpoint: Endpoint): string {
  const rows = refusalsOf(endpoint).map((code) => {
    const { error, text } = refusals[code];
    const general = 'Names each field with what came and what was expected.';
    return `| ${error} | ${text === '{problem}' ? general : cell(text)} |`;
  });
  const table = ['| error | error_text |', '|---|---|', ...rows].join('\n');
  return `The outcome: success, or a refusal with its number in \`error\`.\n\n${table}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
