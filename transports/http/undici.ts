import { createRequire } from 'node:module'
import type * as undici from 'undici'

const part = createRequire(import.meta.url)

/**
 * The parts of undici that carry requests. The whole of it, with fetch, caches and mocks, takes three times as long to load
 * and 9 MB more. Its version is pinned, so that the parts stay where they are.
 */
export const Client = part('undici/lib/dispatcher/client.js') as typeof undici.Client
export const buildConnector = part('undici/lib/core/connect.js') as typeof undici.buildConnector

/** A tunnel through a proxy, which needs all of undici. */
export function createProxyAgent(options: undici.ProxyAgent.Options): undici.ProxyAgent {
  const { ProxyAgent } = part('undici') as typeof undici
  return new ProxyAgent(options)
}
