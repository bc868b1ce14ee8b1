import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { Endpoint } from '../../src/contract/endpoint';
import { openApiText } from '../../src/http/openapi';

/** A check of answers in JSON against the OpenAPI document: tells all that is wrong with one. */
export function answerChecker({ path, method, family, status }: Endpoint): (answer: unknown) => unknown[] {
  const { paths, components } = JSON.parse(openApiText());
  const { responses } = paths[path.replace(/:(\w+)/g, '{$1}')][method.toLowerCase()];
  const { schema } = responses[family === 'admin' ? status : 200].content['application/json'];
  const keywords = ['xml', 'components'];
  const ajv = addFormats(new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true, keywords }));
  const validate = ajv.compile({ ...schema, components });
  return (answer) => (validate(answer) ? [] : (validate.errors ?? []));
}
