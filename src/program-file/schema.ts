import type { z } from 'zod';
import { freeFields, integer, list, nullable, optional, text } from '../contract/fields';
import { categoryFields, skuFields } from '../contract/goods';
import { jsonSchemaOf, shareSchemas } from '../contract/json-schema';
import {
  channelSettings,
  feedSettings,
  goodsSegmentSettings,
  lineStatusSettings,
  marketFieldSettings,
  moneySettings,
  orderStatusSettings,
  regionSettings,
  touchpointSettings,
} from '../contract/market-settings';
import { poolSettings } from '../contract/promo-code-settings';
import { scenarioSettings } from '../contract/scenario-settings';
import {
  closed,
  creationFields,
  currencySettings,
  databaseSettings,
  fieldSettings,
  partnerProductSettings,
  partnerSettings,
  programSettings,
  promotionGroupSettings,
  promotionSettings,
  segmentSettings,
  tierGroupSettings,
  tokenSettings,
} from '../contract/settings';

/** What a program file holds: databases with their fields, programs and profiles, and tokens. */

const id = (what: string) =>
  optional(integer({ min: 1 })).describe(
    `Id of the ${what}; absent: it is known by its name, and given an id.`,
  );
const listOf = <F extends z.ZodType>(of: F, description: string) =>
  optional(list(of))
    .transform((items) => items ?? [])
    .describe(description);

const currency = closed({ iid: id('currency'), ...creationFields(currencySettings) });
const promotion = closed({ id: id('promotion'), ...creationFields(promotionSettings) });
const promotionGroup = closed({ id: id('promotion group'), ...creationFields(promotionGroupSettings) });
const partnerProduct = closed({ id: id('partner product'), ...creationFields(partnerProductSettings) });
const tierGroup = closed({ id: id('tier group'), ...creationFields(tierGroupSettings) });

const scenario = closed({ id: id('scenario'), ...creationFields(scenarioSettings) });
const segment = closed({ id: id('segment'), ...creationFields(segmentSettings) });

const { database_id: _, segment_id: _segmentId, ...programFields } = creationFields(programSettings);
const program = closed({
  id: id('program'),
  ...programFields,
  segment: optional(nullable(text(255)))
    .transform((segment) => segment ?? null)
    .describe('External id of the segment of the database for participation "segment".'),
  currencies: listOf(currency, 'Its points currencies.'),
  promotion_groups: listOf(promotionGroup, 'Its promotion groups; one that is in another comes after it.'),
  promotions: listOf(promotion, 'Its promotions.'),
  partners: listOf(closed(creationFields(partnerSettings)), 'Its partners.'),
  partner_products: listOf(partnerProduct, 'Special terms for single goods on behalf of partners.'),
  tier_groups: listOf(tierGroup, 'Its tier groups.'),
  scenarios: listOf(scenario, 'Its scenarios.'),
});

const { channel: ___, ...touchpointFields } = creationFields(touchpointSettings);
const { database_id: ____, ...channelFields } = creationFields(channelSettings);
const channel = closed({
  ...channelFields,
  touchpoints: listOf(closed(touchpointFields), 'Its touchpoints.'),
});

const { product_external_id: _____, ...productFields } = skuFields;
const { database_id: ______, ...poolFields } = creationFields(poolSettings);

const marketFields = {
  currencies: listOf(closed(creationFields(moneySettings)), 'Currencies of money.'),
  regions: listOf(closed(creationFields(regionSettings)), 'Regions.'),
  order_statuses: listOf(closed(creationFields(orderStatusSettings)), 'Statuses of orders.'),
  line_statuses: listOf(closed(creationFields(lineStatusSettings)), 'Statuses of order lines.'),
  custom_fields: listOf(
    closed(creationFields(marketFieldSettings)),
    'Custom fields of goods, orders and order lines.',
  ),
  segments: listOf(closed(creationFields(goodsSegmentSettings)), 'Segments of goods, without their goods.'),
  feeds: listOf(closed(creationFields(feedSettings)), 'Feeds that goods are imported from.'),
  categories: listOf(closed(categoryFields), 'Categories of goods.'),
  products: listOf(
    closed({ ...productFields, sku: listOf(closed(productFields), 'Its modifications.') }),
    'Products, as of products/import; for demonstrations.',
  ),
};

const database = closed({
  id: id('database'),
  ...creationFields(databaseSettings),
  fields: listOf(closed(creationFields(fieldSettings)), 'Its custom fields.'),
  segments: listOf(segment, 'Segments of its profiles.'),
  programs: listOf(program, 'The loyalty programs whose members come from it.'),
  channels: listOf(channel, 'The sales channels whose customers are in it.'),
  promo_code_pools: listOf(
    closed({ id: id('pool'), ...poolFields }),
    'The pools of promo codes for its people.',
  ),
  profiles: listOf(
    freeFields().describe('email, phones, built-in fields such as _fname, and custom fields by name.'),
    'People in it, found by e-mail or else by their first phone; for demonstrations.',
  ),
});

const { program_ids: __, ...tokenFields } = creationFields(tokenSettings);
const token = closed({
  ...tokenFields,
  token: text(255).describe(
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is what people write.
    'The secret: as it is, or ${NAME} for the value of an environment variable, or ${NAME:-otherwise}.',
  ),
  programs: optional(nullable(list(text(255))))
    .transform((programs) => programs ?? null)
    .describe('External ids of the programs it may use. Absent: all.'),
});

export const programFile = closed({
  databases: listOf(database, 'Profile databases.'),
  market: optional(closed(marketFields))
    .transform((market) => market ?? closed(marketFields).parse({}))
    .describe('What all sales channels have in common.'),
  tokens: listOf(token, 'API tokens, known by their names.'),
});

export type ProgramFile = z.output<typeof programFile>;

/** The JSON Schema of program files, for editors, as text. */
export function programSchemaText(): string {
  const $defs = {};
  const shared = shareSchemas(jsonSchemaOf(programFile, 'input'), '#/$defs/', $defs) as object;
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Program file',
    description: 'Loyalty programs and what belongs to them, for `npm run program -- apply FILE`.',
    ...shared,
    $defs,
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
