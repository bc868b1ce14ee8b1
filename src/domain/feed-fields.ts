/** What the fields of goods are filled from in a feed, and how they are read. */

import type { GoodsChange } from './goods';

/** The fields of goods that a feed may fill. */
type FeedTarget = Exclude<keyof GoodsChange, 'custom_fields' | 'regional_data'>;

interface FeedField<T> {
  /** Where it is, unless a mapping says otherwise; what is there first counts. */
  from: readonly string[];
  expected: string;
  /** Of its texts, of which there is one at least; undefined if they do not fit. */
  read(texts: readonly string[]): T | undefined;
  /** Whether what does not fit is left out; otherwise, and where a mapping says so, the offer is refused. */
  isLenient?: true;
  /** Whether it is taken from characteristics without their unit. */
  isNumber?: true;
}

const longestDescription = 1_000;

const textOf = (most: number, ...from: string[]): FeedField<string> => ({
  from,
  expected: `text of at most ${most} characters`,
  read: ([first = '']) => (first.length <= most ? first : undefined),
});
const textsOf = (most: number, ...from: string[]): FeedField<string[]> => ({
  from,
  expected: `texts of at most ${most} characters`,
  read: (texts) => (texts.every((it) => it.length <= most) ? [...texts] : undefined),
});
const moneyOf = (...from: string[]): FeedField<string> => ({
  from,
  expected: 'a decimal number',
  read: ([first = '']) => readMoney(first),
  isNumber: true,
});
const flagOf = (...from: string[]): FeedField<boolean> => ({
  from,
  expected: 'true or false',
  read: ([first = '']) => readFlag(first),
  isLenient: true,
});

export const feedFields: { [T in FeedTarget]-?: FeedField<NonNullable<GoodsChange[T]>> } = {
  external_id: textOf(255, '@id'),
  product_external_id: textOf(255, '@group_id'),
  name: textOf(1_000, 'name'),
  price: moneyOf('price'),
  old_price: moneyOf('oldprice'),
  currency: {
    from: ['currencyId'],
    expected: 'a currency such as "RUB"',
    read: ([first]) => (first === 'RUR' ? 'RUB' : first),
  },
  categories: textsOf(255, 'categoryId'),
  tags: { ...textsOf(255), read: (texts) => split(texts, /,/) },
  manufacturer_name: textOf(255, 'vendor'),
  description: {
    ...textOf(longestDescription, 'description'),
    // Half a surrogate pair cannot be stored.
    read: ([first = '']) => first.slice(0, longestDescription).replace(/[\uD800-\uDBFF]$/, ''),
  },
  url: textOf(2_000, 'url'),
  pictures: textsOf(2_000, 'picture'),
  count: {
    from: ['count', 'quantity'],
    expected: 'a whole number of at most 9 digits',
    read: ([first = '']) => (/^\d{1,9}$/.test(first) ? Number(first) : undefined),
    isLenient: true,
    isNumber: true,
  },
  expiration_time: {
    from: ['expiry'],
    expected: 'days, or a period such as "P1Y6M"',
    read: ([first = '']) => daysOf(first),
    isLenient: true,
    isNumber: true,
  },
  is_available: flagOf('@available', 'available'),
  delivery: flagOf('delivery'),
  barcode: {
    from: ['barcode'],
    expected: 'numbers of at most 15 digits',
    read: readBarcodes,
    isLenient: true,
  },
  manufacturer_warranty: {
    ...flagOf('manufacturer_warranty'),
    read: ([first = '']) => (daysOf(first) === undefined ? readFlag(first) : true),
  },
};

/** Where something is in an offer: an element, "@" and an attribute, or "param." and a characteristic. */
export interface FeedSource {
  kind: 'element' | 'attribute' | 'param';
  name: string;
}

/** undefined if the text names no place. */
export function readSource(text: string): FeedSource | undefined {
  const [, name = ''] = /^param\.(.*)$/s.exec(text) ?? [];
  if (name !== '') return { kind: 'param', name };
  const [, at, word = ''] = /^(@?)([\p{L}_](?:[\p{L}\p{N}_:.-]*[\p{L}\p{N}_])?)$/u.exec(text) ?? [];
  return word === '' ? undefined : { kind: at ? 'attribute' : 'element', name: word };
}

const split = (texts: readonly string[], between: RegExp) => [
  ...new Set(texts.flatMap((it) => it.split(between).map((part) => part.trim())).filter((it) => it !== '')),
];

function readMoney(text: string): string | undefined {
  const match = /^0*(\d{1,20})(?:[.,](\d{1,20}?)0*)?$/.exec(text);
  if (!match) return undefined;
  return match[2] ? `${match[1]}.${match[2]}`.replace(/\.0$/, '') : match[1];
}

function readFlag(text: string): boolean | undefined {
  const word = text.toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : undefined;
}

/** Days, or an ISO 8601 period of years, months and days. */
function daysOf(text: string): string | undefined {
  if (/^\d{1,6}$/.test(text)) return text;
  const match = /^P(?:(\d{1,3})Y)?(?:(\d{1,3})M)?(?:(\d{1,4})D)?/.exec(text);
  if (!match || match[0] === 'P') return undefined;
  const [years = 0, months = 0, days = 0] = match.slice(1).map((it) => Number(it ?? 0));
  return String(years * 365 + months * 30 + days);
}

/** Several may stand in one element. Those that are no numbers are left out, unless there is no other. */
function readBarcodes(texts: readonly string[]): number[] | undefined {
  const numbers = split(texts, /[\s,;]/)
    .filter((it) => /^\d{1,15}$/.test(it))
    .map(Number);
  return numbers.length > 0 ? numbers : undefined;
}
