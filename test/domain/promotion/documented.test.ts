import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { reasons } from '../../../src/domain/promotion/kind';
import { answerTo, type Pricing, short } from '../../support/pricing';

type Example = Pricing & {
  expect: string[];
  fired?: Record<string, string>;
  rejected?: Record<string, string>;
};

const page = readFileSync(join(__dirname, '../../../docs/promotions.md'), 'utf8');
const sections = page.split(/^#{2,3} /m).map((section) => {
  const blocks = [...section.matchAll(/^```yaml\n([\s\S]*?)^```/gm)];
  return { heading: section.split('\n')[0] ?? '', blocks: blocks.map(([, yaml]) => yaml ?? '') };
});
const examples = sections.flatMap(({ heading, blocks }) =>
  blocks.map((yaml): [string, string] => [heading, yaml]),
);

describe('docs/promotions.md', () => {
  test.each(examples)('%s', (_, yaml) => {
    const example = parse(yaml) as Example;
    const answer = answerTo(example);
    expect(short(answer)).toEqual(example.expect);
    const fired = answer.promotions.map((it) => [it.promo_eid, it.discount_amount]);
    if (example.fired) expect(Object.fromEntries(fired)).toEqual(example.fired);
    const rejected = answer.rejected_promotions.map(({ promo_eid, reason }) => [promo_eid, reason]);
    expect(Object.fromEntries(rejected)).toEqual(example.rejected ?? {});
  });

  test('has an example for every policy', () => {
    const policies = examples
      .filter(([, yaml]) => yaml !== '')
      .map(([, yaml]) => parse(yaml).arbitration ?? {});
    expect(new Set(policies.map(({ discounts }) => discounts))).toEqual(
      new Set(['best', 'priority_first', 'stack_sequential', 'stack_additive', undefined]),
    );
    expect(new Set(policies.map(({ points }) => points))).toEqual(
      new Set(['best', 'priority_first', 'stack', undefined]),
    );
  });

  test('explains every reason', () => {
    for (const reason of reasons) expect(page).toContain(`| \`${reason}\` |`);
  });
});
