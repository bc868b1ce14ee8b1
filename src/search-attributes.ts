import { Connection } from '@temporalio/client';
import { searchAttributes } from '../workflows/protocol';
import type { Config } from './config';
import { temporalConnection } from './temporal-connection';

/** Temporal's numbers of these types. */
const typeNumbers = { KEYWORD: 2, DOUBLE: 4 } as const;

/**
 * Makes the search attributes of our workflows known to a namespace; without them no hold can be started.
 * Throws what Temporal answers, such as that it does not let us (Temporal Cloud: create them in its UI).
 */
export async function registerSearchAttributes(
  config: Config & { readonly temporalAddress: string },
): Promise<void> {
  const namespace = config.temporalNamespace;
  const connection = await Connection.connect(temporalConnection(config));
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    const missing = Object.entries(searchAttributes).filter(([name]) => !(name in (customAttributes ?? {})));
    if (missing.length === 0) return;
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, typeNumbers[type]])),
    });
  } finally {
    await connection.close();
  }
}
