import type { Fact, Facts, FactType, FactTypes } from '../condition';
import { factsOf, goodsFactTypes, type KnownGoods, marketFactTypes } from '../goods-facts';
import type { Channel, Market } from '../market';
import { dayIn, type ProfileRecord, profileFacts } from '../profile-facts';
import { inSegment, type Segment } from '../segment';

/** What the conditions of promotions may ask, and the facts of members and lines. */

const orderTypes: readonly (readonly [string, FactType])[] = [
  ['channel', 'text'],
  ['channel_type', 'text'],
  ['endpoint', 'text'],
  ['region', 'text'],
  ['currency', 'text'],
  ['status', 'text'],
  ['total', 'number'],
  ['line_count', 'number'],
  ['unit_count', 'number'],
  ['delivery_cost', 'number'],
  ['tags', 'texts'],
  ['product', 'texts'],
  ['sku', 'texts'],
  ['category', 'texts'],
  ['manufacturer_name', 'texts'],
];

/**
 * Of an order: where it comes from, its sums without delivery, what is in it (`product`, `sku`, `category`,
 * `manufacturer_name`: of any line), and its custom fields as `custom_fields.NAME`.
 */
export function orderFactTypes({ customFields: { order } }: Market): FactTypes {
  return new Map([...orderTypes, ...marketFactTypes('custom_fields', order.values())]);
}

/** An order as far as it can be asked about, without its lines; money as decimal strings. */
interface OrderHead {
  readonly channel: Pick<Channel, 'external_id' | 'type'>;
  readonly endpoint: string;
  readonly region: string | null;
  readonly currency: string;
  readonly status: string;
  readonly total_price: string;
  readonly delivery_cost: string;
  readonly tags: readonly string[];
  readonly custom_fields: Readonly<Record<string, Fact>>;
}

/** The facts of an order; `lines` with those of lineFacts. */
export function orderFacts(order: OrderHead, lines: readonly { count: number; facts: Facts }[]): Facts {
  const { channel, endpoint, region, currency, status, tags, custom_fields } = order;
  const anyOf = (name: string) => [
    ...new Set(lines.flatMap(({ facts }) => (facts[name] ?? []) as string | readonly string[])),
  ];
  return {
    ...{ channel: channel.external_id, channel_type: channel.type, endpoint, region, currency, status, tags },
    total: order.total_price,
    line_count: lines.length,
    unit_count: lines.reduce((units, { count }) => units + count, 0),
    delivery_cost: order.delivery_cost,
    ...{ product: anyOf('product'), sku: anyOf('sku') },
    ...{ category: anyOf('category'), manufacturer_name: anyOf('manufacturer_name') },
    ...named('custom_fields', custom_fields),
  };
}

function named(prefix: string, fields: Readonly<Record<string, Fact>>): Facts {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [`${prefix}.${name}`, value]));
}

/** Of a line: all of its goods, `product` and `sku`, and its own custom fields as `line.NAME`. */
export function lineFactTypes(market: Market): FactTypes {
  return new Map<string, FactType>([
    ...goodsFactTypes(market),
    ...[['product', 'text'] as const, ['sku', 'text'] as const],
    ...marketFactTypes('line', market.customFields.line_order.values()),
  ]);
}

/** The facts of a line; `types`: those of lineFactTypes; `customFields`: its own as they are stored. */
export function lineFacts(
  goods: KnownGoods,
  types: FactTypes,
  region: string | undefined,
  customFields: Readonly<Record<string, Fact>>,
): Facts {
  return {
    ...factsOf(goods, types, region),
    product: goods.product_external_id ?? goods.external_id,
    sku: goods.entity_type === 'sku' ? goods.external_id : null,
    ...named('line', customFields),
  };
}

/** No field of a profile can be called so. */
const inSegments = 'in segments';

/** Whether somebody is in a segment, by the facts of shopperFacts. */
export function isInSegment(externalId: string): (facts: Facts) => boolean {
  return ({ [inSegments]: segments }) => Array.isArray(segments) && segments.includes(externalId);
}

/**
 * The facts of who buys: the profile's fields, and the segments it is in. Days begin and end in the program's
 * time zone; for a segment, in its own. `at`: RFC 3339.
 */
export function shopperFacts(
  profile: ProfileRecord,
  { terms, segments }: { terms: { profileFacts: FactTypes; timezone: string }; segments: readonly Segment[] },
  at: string,
): Facts {
  const today = { day: dayIn(terms.timezone, at), timezone: terms.timezone };
  const held = segments.filter((segment) => inSegment(segment, at)(profile));
  return {
    ...profileFacts(profile, terms.profileFacts, today),
    [inSegments]: held.map(({ externalId }) => externalId),
  };
}
