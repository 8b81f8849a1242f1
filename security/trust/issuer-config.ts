import {
  attributeValue,
  didYouMean,
  elements,
  firstElement,
  type Report,
  type Span,
  spanOf,
  textOf,
  type XmlElement,
} from 'viaduct'

/** What a `saml-issuer-config` says (Rampart's token issuer, `SAMLTokenIssuerConfig`). */
export interface IssuerConfig {
  readonly issuer: string
  /** Alias of the key that signs assertions; undefined: the own key of the service. */
  readonly alias: string | undefined
  /** Seconds. */
  readonly lifetime: number
  /** Alias of the certificate that secrets are encrypted for, by address of the service; `*` stands for every other address. */
  readonly services: ReadonlyMap<string, string | undefined>
  readonly at: Span
}

const KNOWN = [
  'issuerName',
  'issuerKeyAlias',
  'issuerKeyPassword',
  'cryptoProperties',
  'cryptoElement',
  'timeToLive',
  'keySize',
  'addRequestedAttachedRef',
  'addRequestedUnattachedRef',
  'keyComputation',
  'proofKeyType',
  'trusted-services',
]

const DEFAULT_LIFETIME = 300

/**
 * Reads the value of the service parameter `saml-issuer-config`. Keys come from the keystores of the service's policy. Mistakes
 * are reported; undefined when there is nothing to issue for.
 */
export function readIssuerConfig(parameter: XmlElement, report: Report): IssuerConfig | undefined {
  const config = firstElement(parameter, 'saml-issuer-config')
  if (config === undefined) {
    report('element-missing', spanOf(parameter), 'the parameter saml-issuer-config holds no <saml-issuer-config>')
    return undefined
  }
  for (const child of elements(config)) {
    if (!KNOWN.includes(child.name))
      report(
        'element-unknown',
        spanOf(child),
        `<saml-issuer-config> has no <${child.name}>${didYouMean(child.name, KNOWN)}`,
      )
  }
  const text = (name: string): string | undefined => {
    const child = firstElement(config, name)
    return (child && textOf(child).trim()) || undefined
  }
  const services = servicesOf(firstElement(config, 'trusted-services'), report)
  const issuer = text('issuerName')
  if (issuer === undefined) report('element-missing', spanOf(config), '<saml-issuer-config> needs an <issuerName>')
  if (services.size === 0)
    report(
      'element-missing',
      spanOf(config),
      '<saml-issuer-config> needs <trusted-services> with a <service>: no tokens would be issued',
    )
  if (issuer === undefined || services.size === 0) return undefined
  return {
    issuer,
    alias: text('issuerKeyAlias'),
    lifetime: lifetimeOf(firstElement(config, 'timeToLive'), report),
    services,
    at: spanOf(config),
  }
}

/** Milliseconds, as in Rampart. */
function lifetimeOf(element: XmlElement | undefined, report: Report): number {
  if (element === undefined) return DEFAULT_LIFETIME
  const text = textOf(element).trim()
  if (/^\d{4,9}$/.test(text)) return Math.floor(Number(text) / 1000)
  report('text-invalid', spanOf(element), '<timeToLive> is a number of milliseconds, at least 1000')
  return DEFAULT_LIFETIME
}

function servicesOf(list: XmlElement | undefined, report: Report): Map<string, string | undefined> {
  const services = new Map<string, string | undefined>()
  for (const service of list === undefined ? [] : elements(list)) {
    const address = textOf(service).trim()
    if (service.name !== 'service' || address === '')
      report('element-unknown', spanOf(service), '<trusted-services> holds <service alias="…">address</service>')
    else services.set(address, attributeValue(service, 'alias'))
  }
  return services
}
