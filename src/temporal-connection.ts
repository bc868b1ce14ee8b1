import type { Config } from './config';

/** How to reach Temporal, for clients and workers alike. */
export function temporalConnection(config: Config & { readonly temporalAddress: string }) {
  return {
    address: config.temporalAddress,
    ...(config.temporalTls !== undefined && { tls: config.temporalTls }),
    ...(config.temporalApiKey !== undefined && { apiKey: config.temporalApiKey }),
  };
}
