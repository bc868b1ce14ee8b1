import { refusals } from '../domain/refusal';
import type { Endpoint } from './endpoint';
import type { JsonSchema } from './fields';
import { shareSchemas } from './json-schema';
import { operationOf, type WriteXml } from './openapi-operation';

type Json = Readonly<Record<string, unknown>>;
type Subjects = Readonly<Record<string, Readonly<Record<string, Endpoint>>>>;

/** The OpenAPI 3.1 document of all endpoints, by subject. `writeXml` makes the examples in XML. */
export function openApiDocument(subjects: Subjects, writeXml: WriteXml): Json {
  const paths: Record<string, Record<string, Json>> = {};
  const schemas: Record<string, JsonSchema> = { ...failureSchemas };
  for (const [subject, endpoints] of Object.entries(subjects)) {
    for (const [name, endpoint] of Object.entries(endpoints)) {
      const id = `${subject}.${name}`;
      const path = endpoint.path.replace(/:(\w+)/g, '{$1}');
      const operation = operationOf(endpoint, { id, tag: titleOf(subject), writeXml, schemas });
      paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation };
    }
  }
  const shared: Record<string, unknown> = {};
  const own = shareSchemas(schemas, '#/components/schemas/', shared) as Json;
  const allSchemas = { ...own, ...shared };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Loyalty points',
      version: '1.1',
      description: introduction,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    tags: Object.keys(subjects).map((subject) => ({ name: titleOf(subject) })),
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'An API token.' } },
      schemas: allSchemas,
      examples: Object.fromEntries(
        Object.entries(refusals).map(([code, { error, text }]) => [
          code,
          { summary: `${error} ${code}`, value: { error, error_text: text } },
        ]),
      ),
    },
  };
}

/** `adminPrograms` is "Admin programs". */
function titleOf(subject: string): string {
  const words = subject.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const numbers = [...new Set(Object.values(refusals).map(({ error }) => error))].sort((a, b) => a - b);
const failure = {
  type: 'object',
  properties: {
    error: { type: 'integer', enum: numbers },
    error_text: { type: 'string', description: 'What is wrong, naming the field or the thing.' },
  },
  required: ['error', 'error_text'],
  additionalProperties: false,
  xml: { name: 'xml' },
};

const failureSchemas: Readonly<Record<string, JsonSchema>> = {
  Failure: failure,
  ManagementFailure: {
    ...failure,
    properties: {
      ...failure.properties,
      fields: {
        type: 'array',
        description: 'The fields that are wrong, if it is fields.',
        items: {
          type: 'object',
          properties: { field: { type: 'string' }, problem: { type: 'string' } },
          required: ['field', 'problem'],
          additionalProperties: false,
        },
      },
    },
  },
};

const introduction = `
Loyalty points: members, accruals, redemptions, temporary transactions; orders, promotions, promo codes.

**Formats.** Requests and answers are JSON or XML. \`Content-Type\` names the format of the request; the
parameter \`format\` (json or xml), else the header \`Accept\`, that of the answer; else it is that of
the request. In XML the root element is \`<xml>\`, a list repeats its element, and nothing is an empty
element.

**Tokens.** Send the API token as \`Authorization: Bearer …\` or as the field \`token\` of the body.

**Outcomes.** The HTTP status is 200 whenever there is an answer; \`error\` says how it went: 0 is
success, and \`error_text\` is for people. Management calls under \`/admin/v1\` are different: JSON
only, the HTTP status is the number of the error, and a success is the bare payload.

**Amounts** are decimal strings such as \`"100.50"\`; more decimals than the currency has are refused,
never rounded. **Times** are RFC 3339 with any offset; answers are in UTC.

**Repeating.** After 500 or 503, or no answer at all, send the request again with the same
\`transaction_eid\`: it is carried out once, and every repetition gets the one outcome. Orders are
known by their \`external_id\` in the same way.
`.trim();
