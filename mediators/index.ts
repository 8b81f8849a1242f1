import { type AnyMediatorDefinition, lazy, type LazyDefinition } from 'viaduct'

export { pendingMediators } from './pending.ts'

/** Every mediator that ships, in alphabetical order, each loaded when a configuration first names it. */
export const mediators: readonly LazyDefinition<AnyMediatorDefinition>[] = [
  lazy('aggregate', async () => (await import('./aggregate/aggregate.ts')).aggregate),
  lazy('cache', async () => (await import('./cache/cache.ts')).cache),
  lazy('call', async () => (await import('./call/call.ts')).call),
  lazy('call-template', async () => (await import('./call-template/call-template.ts')).callTemplate),
  lazy('callout', async () => (await import('./callout/callout.ts')).callout),
  lazy('class', async () => (await import('./class/class.ts')).classMediator),
  lazy('clone', async () => (await import('./clone/clone.ts')).clone),
  lazy('conditionalRouter', async () => (await import('./conditional-router/conditional-router.ts')).conditionalRouter),
  lazy('drop', async () => (await import('./drop/drop.ts')).drop),
  lazy('enrich', async () => (await import('./enrich/enrich.ts')).enrich),
  lazy(
    'entitlementService',
    async () => (await import('./entitlement-service/entitlement-service.ts')).entitlementService,
  ),
  lazy('filter', async () => (await import('./filter/filter.ts')).filter),
  lazy('foreach', async () => (await import('./foreach/foreach.ts')).foreach),
  lazy('header', async () => (await import('./header/header.ts')).header),
  lazy('in', async () => (await import('./in/in.ts')).inMediator),
  lazy('iterate', async () => (await import('./iterate/iterate.ts')).iterate),
  lazy('log', async () => (await import('./log/log.ts')).log),
  lazy('loopback', async () => (await import('./loopback/loopback.ts')).loopback),
  lazy('makefault', async () => (await import('./makefault/makefault.ts')).makefault),
  lazy('out', async () => (await import('./out/out.ts')).out),
  lazy('payloadFactory', async () => (await import('./payload-factory/payload-factory.ts')).payloadFactory),
  lazy('property', async () => (await import('./property/property.ts')).property),
  lazy('propertyGroup', async () => (await import('./property-group/property-group.ts')).propertyGroup),
  lazy('respond', async () => (await import('./respond/respond.ts')).respond),
  lazy('rewrite', async () => (await import('./rewrite/rewrite.ts')).rewrite),
  lazy('scatter-gather', async () => (await import('./scatter-gather/scatter-gather.ts')).scatterGather),
  lazy('script', async () => (await import('./script/script.ts')).script),
  lazy('send', async () => (await import('./send/send.ts')).send),
  lazy('sequence', async () => (await import('./sequence/sequence.ts')).sequence),
  lazy('switch', async () => (await import('./switch/switch.ts')).switchMediator),
  lazy('throttle', async () => (await import('./throttle/throttle.ts')).throttle),
  lazy('throwError', async () => (await import('./throw-error/throw-error.ts')).throwError),
  lazy('variable', async () => (await import('./variable/variable.ts')).variable),
]
