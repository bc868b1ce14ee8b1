import { type PartKind, partKinds } from '../src/domain/promotion/kinds';

const start = '<!-- parts: made by npm run generate -->\n';
const end = '<!-- /parts -->';

/** The reference of pricing with tables of all conditions and effects as they are declared. */
export function withPartsTables(text: string): string {
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error('docs/promotions.md has lost the marks around its tables');
  const tables = [
    table('condition', partKinds.conditions),
    table('effect of a discount', partKinds.discounts),
    table('effect of a points promotion', partKinds.points),
  ];
  return `${text.slice(0, from + start.length)}${tables.join('\n')}${text.slice(to)}`;
}

function table(title: string, kinds: readonly PartKind[]): string {
  const rows = kinds.map(({ kind, summary, schema }) => {
    const required = new Set(schema.required);
    const names = Object.keys(schema.properties ?? {}).filter((name) => name !== 'kind');
    const shown = names.map((name) => `\`${name}\`${required.has(name) ? '' : '?'}`).join(', ');
    return `| \`${kind}\` | ${shown} | ${summary} |\n`;
  });
  return `| ${title} | arguments | what it does |\n|---|---|---|\n${rows.join('')}`;
}
