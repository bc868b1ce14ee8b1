import type { Config, ServiceConfig } from './config';

/** How to reach Temporal, for clients and workers alike. */
export function temporalConnection(config: Config & { readonly temporalAddress: string }) {
  return {
    address: config.temporalAddress,
    ...(config.temporalTls !== undefined && { tls: config.temporalTls }),
    ...(config.temporalApiKey !== undefined && { apiKey: config.temporalApiKey }),
  };
}

/** What the gateway needs of the settings. */
export function gatewayOptions(config: ServiceConfig) {
  return {
    connection: temporalConnection(config),
    namespace: config.temporalNamespace,
    taskQueue: config.temporalTaskQueue,
    requestTimeoutMs: config.requestTimeoutMs,
  };
}
