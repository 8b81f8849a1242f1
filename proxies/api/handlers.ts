import { createModuleCall, invoke, type Mediator, type Site, spanOf } from 'viaduct'
import { BASIC_AUTH_HANDLER, compileBasicAuth } from './basic-auth.ts'
import type { HandlerConfig } from './api-shape.ts'
import { type Cors, corsOf, split } from './cors.ts'

/** What the handlers of an API do. */
export interface Handlers {
  readonly cors: Cors
  /** The in flow with the handlers before it; one that ends the flow keeps it from running. */
  before(flow: Mediator): Mediator
}

/** CORS handlers of WSO2's products, which the bus answers itself. */
const CORS_HANDLER = /(?:^|\.)(?:CORS|Cors)\w*Handler$/

/** Compiles `<handlers>`: those for CORS and Basic authentication are built in, others are drop-in modules that see every request. */
export function compileHandlers(configs: readonly HandlerConfig[], site: Site): Handlers {
  let cors = corsOf(site.linker.services.settings)
  const steps: Mediator[] = []
  for (const config of configs) {
    if (CORS_HANDLER.test(config.class)) cors = corsFrom(config, cors)
    else if (BASIC_AUTH_HANDLER.test(config.class)) steps.push(compileBasicAuth(config, site))
    else steps.push(...moduleHandler(config, site))
  }
  return { cors, before: (flow) => steps.reduceRight(chained, flow) }
}

function corsFrom({ property }: HandlerConfig, fallback: Cors): Cors {
  const values = new Map(property.map(({ name, value = '' }) => [name, value]))
  return {
    enabled: values.get('corsConfigEnabled') !== 'false',
    origins: split(values.get('allowedOrigins') ?? values.get('allowOrigins') ?? fallback.origins.join(',')),
    headers: values.get('allowHeaders') ?? values.get('allowedHeaders') ?? fallback.headers,
    methods: values.get('allowMethods') ?? values.get('allowedMethods') ?? values.get('allowMethod'),
    credentials: values.get('allowCredentials') === 'true',
  }
}

function moduleHandler(config: HandlerConfig, site: Site): Mediator[] {
  const at = spanOf(config.node)
  const found = site.linker.module(config.class, at)
  if (found === undefined) return []
  if (found.kind !== 'function' || found.isolation === 'worker') {
    site.fail('element-unsupported', `the handler ${config.class} must be a module that exports a function`, at)
    return []
  }
  const call = createModuleCall(config.class, found.timeout, site.linker.services)
  return [(ctx) => invoke(call, () => found.mediate(ctx))]
}

const chained =
  (next: Mediator, step: Mediator): Mediator =>
  (ctx) => {
    const flow = step(ctx)
    if (typeof flow === 'string') return flow === 'stop' ? 'stop' : next(ctx)
    return flow.then((end) => (end === 'stop' ? end : next(ctx)))
  }
