import type { Case } from './spec';

/** What the calls of the market have in common. */

export const done = (external_id: unknown) => ({ external_id, error: 0, error_text: '' });
export const refused = (external_id: string, error: number, error_text: string) => ({
  external_id,
  error,
  error_text,
});

export const scopeCase: Record<string, Case> = {
  'a token without the scope': {
    request: { token: 'reader' },
    refuses: 'scope_missing',
    text: 'API token lacks the scope "market"',
  },
};

const field = (values: object) => ({ external_id: 'x', name: 'X', value_type: 'int', ...values });

/** Custom fields that come along with an import. */
export const importedFieldCases: Record<string, Case> = {
  'custom fields that are no list': {
    request: { custom_fields: 'colour' },
    only: 'json',
    refuses: 'bad_request',
    text: 'custom_fields: expected a list, got "colour"',
  },
  'a custom field of something else': {
    request: {
      custom_fields: [field({ entity_type: 'shop' }), field({ entity_type: 'sku', value_type: 'text' })],
    },
    refuses: 'bad_request',
    text:
      'custom_fields[0].entity_type: expected one of "product", "sku", "order", "line_order", got "shop"; ' +
      'custom_fields[1].value_type: expected one of "unicode", "int", "float", "bool", "enum", "date", ' +
      'got "text"',
  },
  'a custom field that is there with another type': {
    request: { custom_fields: [{ ...field({ entity_type: 'product' }), external_id: 'weight' }] },
    refuses: 'bad_request',
    text: 'custom_fields[0].value_type: expected "float", which the field is, got "int"',
  },
  'a custom field of type enum without values, after one that could be made': {
    request: {
      custom_fields: [
        { ...field({ entity_type: 'product' }), external_id: 'never-made' },
        field({ entity_type: 'product', value_type: 'enum' }),
      ],
    },
    refuses: 'bad_request',
    text: 'custom_fields[1].enum_values: is required when value_type is "enum"',
  },
};

export const pageCases: Record<string, Case> = {
  'a limit that is too large': {
    request: { limit: 1001 },
    refuses: 'bad_request',
    text: 'limit: expected an integer from 1 to 1000, got 1001',
  },
  'a from_id that nobody was given': {
    request: { from_id: 'first' },
    refuses: 'bad_request',
    text: 'from_id: expected next_from_id of the page before, got "first"',
  },
};
