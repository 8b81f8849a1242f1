import { artifacts as endpointArtifacts } from '../endpoints/index.ts'
import { facilities as entitlementFacilities, services as entitlementServices } from '../entitlement/index.ts'
import { facilities as identityFacilities } from '../identity/index.ts'
import { facilities as mailFacilities, services as mailServices } from '../mail/index.ts'
import { mediators, pendingMediators } from '../mediators/index.ts'
import { artifacts as proxyArtifacts } from '../proxies/index.ts'
import { Language } from '../runtime/language.ts'
import { facilities as securityFacilities } from '../security/index.ts'
import { artifacts as sequenceArtifacts, defaults } from '../sequences/index.ts'
import { facilities as storeFacilities } from '../stores/index.ts'
import { facilities as workflowFacilities, services as workflowServices } from '../workflow/facilities.ts'

/** Top-level elements that cannot run yet, with what to do instead. */
const PENDING_ARTIFACTS: readonly [element: string, instead: string][] = [
  ['task', 'scheduled tasks come with the whole language; until then call the proxy from cron'],
  ['messageStore', 'message stores come with the whole language'],
  ['messageProcessor', 'message processors come with the whole language'],
  ['priorityExecutor', 'priority executors come with the whole language'],
  ['eventSource', 'event sources come with the whole language'],
  ['import', 'connectors come with the whole language'],
]

/** Everything that ships, as data: the one list of what a bus understands. Mediators and large facilities are loaded when used. */
export function standardLanguage(): Language {
  return new Language({
    mediators,
    artifacts: [...sequenceArtifacts, ...endpointArtifacts, ...proxyArtifacts],
    defaults,
    facilities: [
      ...storeFacilities,
      ...identityFacilities,
      ...securityFacilities,
      ...entitlementFacilities,
      ...workflowFacilities,
      ...mailFacilities,
    ],
    services: [...entitlementServices, ...workflowServices, ...mailServices],
    pending: new Map([...pendingMediators, ...PENDING_ARTIFACTS]),
  })
}

/** The same with everything loaded, for those who describe the language. */
export async function wholeLanguage(): Promise<Language> {
  const language = standardLanguage()
  language.want()
  await language.fetch()
  return language
}
