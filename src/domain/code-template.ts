/** Templates that promo codes are generated from, such as "SPRING-{X:4}-{X:4}". */

/** Of what looks alike (0 and O, 1 and I and L, 2 and Z, 5 and S, 8 and B, U and V) one at most. */
const digits = '23456789';
const letters = 'ACDEFGHJKMNPQRTVWXY';
const alphabets: Readonly<Record<string, string>> = { L: letters, D: digits, X: letters + digits };

export const longestCode = 100;
const form = 'text with places such as {X:8}: L for letters, D for digits, X for both';

/** What stands at one place of a code: one of these characters. */
export type CodeTemplate = readonly string[];

/** The template, or what is wrong with it. */
export function readTemplate(written: string): CodeTemplate | { problem: string } {
  const parts = written.split(/(\{[LDX]:[1-9]\d?\})/);
  const places = parts.flatMap((part) => {
    const [, kind = '', count = ''] = /^\{(\w):(\d+)\}$/.exec(part) ?? [];
    const alphabet = alphabets[kind];
    return alphabet ? Array<string>(Number(count)).fill(alphabet) : [...part];
  });
  const isOdd = places.some((place) => /^[{}\s]$|[^\0-\uFFFF]/u.test(place));
  if (isOdd || parts.length === 1) return { problem: `expected ${form}, got ${JSON.stringify(written)}` };
  if (places.length <= longestCode) return places;
  return { problem: `expected a template of at most ${longestCode} characters, it makes ${places.length}` };
}

/** How many different codes a template can make. */
export function combinationsOf(template: CodeTemplate): bigint {
  return template.reduce((product, alphabet) => product * BigInt(alphabet.length), 1n);
}

/** One code; `randomBelow` gives a whole number from 0 up to, and without, its argument. */
export function makeCode(template: CodeTemplate, randomBelow: (bound: number) => number): string {
  return template
    .map((alphabet) => (alphabet.length === 1 ? alphabet : alphabet[randomBelow(alphabet.length)]))
    .join('');
}

/** So many codes that could be for each that is, so that nobody finds one by trying. */
const rarity = 1_000n;

/** How many codes a template may make at most. */
export function capacityOf(template: CodeTemplate): bigint {
  return combinationsOf(template) / rarity;
}
