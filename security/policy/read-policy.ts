import { attributeValue, elements, spanOf, textOf, type XmlElement } from 'viaduct'
import {
  CARBON_SECURITY,
  insteadOf,
  isAddressing,
  isMtomPolicy,
  isSecurityPolicy,
  RAMPART_POLICY,
  SECURITY_POLICY_11,
} from './names.ts'
import { type Alternative, type Assertion, normalize, policyId, type PolicyReading } from './normalize.ts'
import type { SecurityPolicy } from './policy-model.ts'
import { type RampartConfig, readRampartConfig } from './rampart-config.ts'
import { isBinding, readBinding } from './read-binding.ts'
import { isProtection, readElements, readProtection, readRequiredHeaders } from './read-parts.ts'
import { isSupporting, readSupporting } from './read-supporting.ts'
import { configIn, type TokenReading } from './read-token.ts'
import { readTrust, readWss } from './read-options.ts'
import { PolicyReports } from './reader.ts'

/**
 * Reads policies that hold together (those of service, operation and message) as alternatives in order of preference. Empty
 * when nothing can satisfy them; what is wrong with them is reported.
 */
export function readPolicies(policies: readonly XmlElement[], reading: PolicyReading): readonly SecurityPolicy[] {
  const reports = new PolicyReports(reading.fail)
  const reader = new PolicyReader(reports)
  const [first] = policies
  if (first === undefined) return []
  return normalize(policies, reading).map((alternative) => reader.read(alternative, first))
}

class PolicyReader {
  readonly #reports: PolicyReports
  readonly #tokens: TokenReading
  /** A configuration stands in every alternative; it is one. */
  readonly #configs = new Map<XmlElement, RampartConfig>()

  constructor(reports: PolicyReports) {
    this.#reports = reports
    this.#tokens = {
      reports,
      policyIn: ({ nested, element }) => (nested === undefined ? [] : [this.read(nested, element)]),
      configOf: (assertion) => {
        const config = configIn(assertion)
        return config && this.#config(config)
      },
    }
  }

  read(alternative: Alternative, policy: XmlElement): SecurityPolicy {
    const bindings = alternative.filter((each) => isSecurityPolicy(each.namespace) && isBinding(each))
    const [binding, second] = bindings
    if (second !== undefined)
      this.#reports.at(second, 'element-repeated', 'one alternative of a policy can have one binding only')
    for (const assertion of alternative) this.#check(assertion)
    const security = alternative.filter(({ namespace }) => isSecurityPolicy(namespace))
    const named = (name: string): readonly Assertion[] => security.filter((each) => each.name === name)
    const config = alternative.find(isRampart)
    return {
      ...readProtection(security, this.#reports),
      id: policyId(policy),
      version: (binding ?? security[0])?.namespace === SECURITY_POLICY_11 ? '1.1' : '1.2',
      binding: binding && readBinding(binding, this.#tokens),
      supporting: security.filter(isSupporting).map((each) => readSupporting(each, this.#tokens)),
      requiredElements: named('RequiredElements').flatMap((each) => readElements(each, this.#reports)),
      requiredHeaders: named('RequiredParts').flatMap((each) => readRequiredHeaders(each, this.#reports)),
      wss: [...named('Wss10'), ...named('Wss11')].map((each) => readWss(each, this.#reports)),
      trust: [...named('Trust10'), ...named('Trust13')].map((each) => readTrust(each, this.#reports))[0],
      mtom: alternative.some((each) => isMtom(each) && !each.optional),
      rampart: config && this.#config(config),
      roles: rolesIn(alternative),
      at: spanOf(policy),
      element: policy,
    }
  }

  #config({ element }: Assertion): RampartConfig {
    const known = this.#configs.get(element) ?? readRampartConfig(element, this.#reports)
    this.#configs.set(element, known)
    return known
  }

  #check(assertion: Assertion): void {
    const { name, namespace } = assertion
    if (isRampart(assertion) || isMtom(assertion) || isAddressing(namespace)) return
    if (namespace === CARBON_SECURITY && name === 'CarbonSecConfig') return
    if (isSecurityPolicy(namespace) && isKnown(assertion)) return
    const instead = insteadOf(namespace)
    if (isSecurityPolicy(namespace)) this.#reports.unknown(assertion, 'WS-SecurityPolicy', KNOWN)
    else if (instead !== undefined)
      this.#reports.at(assertion, 'element-unsupported', `<${name}> has no effect in a policy: ${instead}`)
    else {
      const message = `<${name}> of the namespace "${namespace}" is no assertion that is known here`
      this.#reports.at(assertion, 'element-unknown', message)
    }
  }
}

const KNOWN = new Set(['RequiredElements', 'RequiredParts', 'Wss10', 'Wss11', 'Trust10', 'Trust13'])

const isKnown = (assertion: Assertion): boolean =>
  isBinding(assertion) || isSupporting(assertion) || isProtection(assertion) || KNOWN.has(assertion.name)

const isRampart = ({ name, namespace }: Assertion): boolean => name === 'RampartConfig' && namespace === RAMPART_POLICY

const isMtom = ({ name, namespace }: Assertion): boolean =>
  isMtomPolicy(namespace) && (name === 'OptimizedMimeSerialization' || name === 'MTOM')

const ALLOWED_ROLES = 'org.wso2.carbon.security.allowedroles'

/** Roles of the caller that Carbon asks for. */
function rolesIn(alternative: Alternative): readonly string[] | undefined {
  const carbon = alternative.find(({ namespace }) => namespace === CARBON_SECURITY)
  if (carbon === undefined) return undefined
  const properties = elements(carbon.element).flatMap((part) => elements(part))
  const roles = properties.find((element) => attributeValue(element, 'name') === ALLOWED_ROLES)
  return roles && rolesOf(textOf(roles))
}

/** Roles separated by commas. */
export const rolesOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((role) => role.trim())
    .filter((role) => role !== '')
