/** A number whose text a float could not keep: every format hands it over as it was written. */
export class NumberText {
  constructor(readonly text: string) {}
}

/** What came, fit to be shown: text in quotes, shortened. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(shortened(value));
  if (value instanceof NumberText) return shortened(value.text);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** The sentence after the field's name: "is required", or what was expected and what came. */
export function complaint(expected: string, value: unknown): string {
  return value === undefined || value === null ? 'is required' : `expected ${expected}, got ${shown(value)}`;
}

/** Whether Postgres can store the text: no U+0000 and no half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return !/\0|\p{Surrogate}/u.test(text);
}
