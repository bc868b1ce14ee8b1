import { setTimeout } from 'node:timers/promises';

/** Asks again and again until it is so; the timeout of the test says for how long. */
export async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await setTimeout(10);
}
