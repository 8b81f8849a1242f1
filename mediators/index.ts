import type { AnyMediatorDefinition } from 'viaduct'
import { cache } from './cache/cache.ts'
import { callTemplate } from './call-template/call-template.ts'
import { aggregate } from './aggregate/aggregate.ts'
import { call } from './call/call.ts'
import { callout } from './callout/callout.ts'
import { classMediator } from './class/class.ts'
import { clone } from './clone/clone.ts'
import { conditionalRouter } from './conditional-router/conditional-router.ts'
import { drop } from './drop/drop.ts'
import { enrich } from './enrich/enrich.ts'
import { filter } from './filter/filter.ts'
import { foreach } from './foreach/foreach.ts'
import { header } from './header/header.ts'
import { inMediator } from './in/in.ts'
import { iterate } from './iterate/iterate.ts'
import { log } from './log/log.ts'
import { loopback } from './loopback/loopback.ts'
import { makefault } from './makefault/makefault.ts'
import { out } from './out/out.ts'
import { payloadFactory } from './payload-factory/payload-factory.ts'
import { propertyGroup } from './property-group/property-group.ts'
import { property } from './property/property.ts'
import { respond } from './respond/respond.ts'
import { rewrite } from './rewrite/rewrite.ts'
import { scatterGather } from './scatter-gather/scatter-gather.ts'
import { script } from './script/script.ts'
import { send } from './send/send.ts'
import { sequence } from './sequence/sequence.ts'
import { switchMediator } from './switch/switch.ts'
import { throttle } from './throttle/throttle.ts'
import { throwError } from './throw-error/throw-error.ts'
import { variable } from './variable/variable.ts'

export { pendingMediators } from './pending.ts'

/** Every mediator that ships, in alphabetical order. */
export const mediators: readonly AnyMediatorDefinition[] = [
  aggregate,
  cache,
  call,
  callTemplate,
  callout,
  classMediator,
  clone,
  conditionalRouter,
  drop,
  enrich,
  filter,
  foreach,
  header,
  inMediator,
  iterate,
  log,
  loopback,
  makefault,
  out,
  payloadFactory,
  property,
  propertyGroup,
  respond,
  rewrite,
  scatterGather,
  script,
  send,
  sequence,
  switchMediator,
  throttle,
  throwError,
  variable,
]
