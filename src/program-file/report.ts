type Action = 'created' | 'changed' | 'unchanged';

/** One thing of a program file, and what became of it. */
export interface Entry {
  action: Action;
  /** Such as: currency 1 "stars". */
  what: string;
  /** The settings that changed. */
  changed: readonly string[];
}

/** What applying a program file has done. */
export class Report {
  readonly entries: Entry[] = [];

  add(action: Action, what: string, changed: readonly string[] = []): void {
    this.entries.push({ action, what, changed });
  }

  count(action: Action): number {
    return this.entries.filter((entry) => entry.action === action).length;
  }

  /** For people: a line for each thing, and the sums. */
  toString(): string {
    const lines = this.entries.map(({ action, what, changed }) => {
      const details = changed.length > 0 ? `: ${changed.join(', ')}` : '';
      return `${action.padEnd(9)}  ${what}${details}`;
    });
    const sums = (['created', 'changed', 'unchanged'] as const).map((it) => `${this.count(it)} ${it}`);
    return [...lines, sums.join(', ')].join('\n');
  }
}
