import { settings, variableOf } from '../src/config';

const start = '<!-- settings: made by npm run generate -->\n';
const end = '<!-- /settings -->';

/** The README with the table of settings as src/config.ts declares them. */
export function withSettingsTable(readme: string): string {
  const from = readme.indexOf(start);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) throw new Error('README.md has lost the marks around its table of settings');
  return readme.slice(0, from + start.length) + table() + readme.slice(to);
}

function table(): string {
  const rows = Object.entries(settings.shape).map(([name, schema]) => {
    const fallback = schema.safeParse(undefined).data;
    const byDefault = fallback === undefined ? '' : `\`${fallback}\``;
    return `| \`${variableOf(name)}\` | ${byDefault} | ${schema.description} |\n`;
  });
  return `| variable | default | meaning |\n|---|---|---|\n${rows.join('')}`;
}
