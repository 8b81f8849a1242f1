import {
  type ClientSecurity,
  compileValue,
  type DynamicValue,
  InvalidValue,
  type Site,
  spanOf,
  type XmlElement,
} from 'viaduct'
import type { LeafConfig } from './leaf-shape.ts'
import { DEFAULT_POLICY, type SuspensionPolicy } from './suspension.ts'

/** Everything an endpoint definition says besides its address, read once (language reference 3.2). */
export interface LeafOptions {
  readonly format: 'pox' | 'get' | 'soap11' | 'soap12' | 'rest' | undefined
  readonly optimize: 'mtom' | 'swa' | undefined
  readonly encoding: string | undefined
  readonly addressing: 'final' | 'submission' | undefined
  /** Milliseconds; undefined: that of the settings. */
  readonly timeout: number | DynamicValue | undefined
  readonly discardsTimeout: boolean
  readonly policy: SuspensionPolicy
  readonly retry: RetryCodes
  readonly security: ClientSecurity | undefined
}

export interface RetryCodes {
  readonly disabled: ReadonlySet<number>
  readonly enabled: ReadonlySet<number>
}

interface Text {
  readonly text: string
  readonly node: XmlElement
}

/** Reads the children common to all definitions; mistakes are reported at the element that holds them. */
export function readLeafOptions(config: LeafConfig, name: string, site: Site): LeafOptions {
  refuseUnsupported(config, site)
  const { format, optimize, encoding, enableAddressing, enableSec, timeout } = config
  const action = timeout?.responseAction ?? timeout?.action
  return {
    format: format === 'leave-as-is' ? undefined : format,
    optimize,
    encoding: encoding === '' ? undefined : encoding,
    addressing: enableAddressing && (enableAddressing.version ?? 'final'),
    timeout: timeout?.duration && duration(timeout.duration, site),
    discardsTimeout: action !== undefined && word(action, ['fault', 'discard', 'none'], site) === 'discard',
    policy: policyOf(config, site),
    retry: retryCodes(config, site),
    security: enableSec && securityOf(enableSec, name, site),
  }
}

type SecurityConfig = NonNullable<LeafConfig['enableSec']>

/** `policy` holds for both directions, unless one has its own. */
function securityOf({ policy, inboundPolicy, outboundPolicy, node }: SecurityConfig, name: string, site: Site) {
  const outbound = outboundPolicy ?? policy
  const inbound = inboundPolicy ?? policy
  const at = spanOf(node)
  const security = site.linker.facility('security')
  if (outbound === undefined && inbound === undefined)
    site.fail('attribute-missing', '<enableSec> needs policy, outboundPolicy or inboundPolicy', at)
  else if (security === undefined)
    site.fail('element-unsupported', 'there is no WS-Security here that could honour it', at)
  else return security.client({ name, outbound, inbound, element: node, at })
  return undefined
}

function refuseUnsupported({ enableRM }: LeafConfig, site: Site): void {
  if (enableRM) {
    site.fail(
      'element-unsupported',
      '<enableRM>: WS-ReliableMessaging is gone from Synapse; remove the element',
      spanOf(enableRM.node),
    )
  }
}

function policyOf(
  { markForSuspension: mark, suspendOnFailure: suspend, suspendDurationOnFailure: seconds }: LeafConfig,
  site: Site,
): SuspensionPolicy {
  const old = seconds && whole(seconds, site)
  const { properties } = site.linker.services.settings
  const global = globalPolicy(properties)
  const policy: SuspensionPolicy = {
    ...DEFAULT_POLICY,
    ...global,
    ...(old !== undefined && { initialDuration: old * 1000 }),
    timeoutCodes: codes(mark?.errorCodes, site),
    suspendCodes: codes(suspend?.errorCodes, site),
    ...given({
      retries: whole(mark?.retriesBeforeSuspension, site),
      retryDelay: whole(mark?.retryDelay, site),
      initialDuration: whole(suspend?.initialDuration, site),
      progressionFactor: decimal(suspend?.progressionFactor, site),
      maximumDuration: whole(suspend?.maximumDuration, site),
    }),
  }
  const overrides = properties['synapse.override_endpoint_suspend_config_with_global_values'] === 'true'
  return overrides ? { ...policy, ...global } : policy
}

const globalPolicy = (properties: Readonly<Record<string, string>>) => ({
  initialDuration: number(properties['synapse.global_endpoint_suspend_duration']) ?? DEFAULT_POLICY.initialDuration,
  progressionFactor:
    number(properties['synapse.global_endpoint_suspend_progression_factor']) ?? DEFAULT_POLICY.progressionFactor,
})

/** Without what is undefined, so that it does not hide what stands before it. */
const given = (values: { readonly [K in keyof SuspensionPolicy]?: SuspensionPolicy[K] | undefined }) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<SuspensionPolicy>

const retryCodes = ({ retryConfig }: LeafConfig, site: Site): RetryCodes => ({
  disabled: codes(retryConfig?.disabledErrorCodes, site),
  enabled: codes(retryConfig?.enabledErrorCodes, site),
})

function duration({ text, node }: Text, site: Site): number | DynamicValue | undefined {
  if (!text.startsWith('{')) {
    if (text.startsWith('-')) site.fail('text-invalid', `<${node.name}> needs 0 or more, not "${text}"`, spanOf(node))
    return whole({ text, node }, site)
  }
  try {
    return compileValue(text, { element: node, at: spanOf(node), linker: site.linker })
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error
    site.fail(error.code, error.message, spanOf(node))
    return undefined
  }
}

/** Codes separated by commas or blanks. Commas at the end are common in old files and mean nothing. */
function codes(from: Text | undefined, site: Site): ReadonlySet<number> {
  const words = (from?.text ?? '').split(/[\s,]+/).filter((each) => each !== '')
  const wrong = words.find((each) => !/^-?\d{1,9}$/.test(each))
  if (from && wrong !== undefined)
    site.fail(
      'text-invalid',
      `"${wrong}" is not an error code; codes are numbers separated by commas`,
      spanOf(from.node),
    )
  return new Set(words.map(Number))
}

function whole(from: Text | undefined, site: Site): number | undefined {
  if (from === undefined || from.text === '') return undefined
  const value = Number(from.text)
  if (/^[+-]?\d+$/.test(from.text)) return Math.min(value, Number.MAX_SAFE_INTEGER)
  site.fail('text-invalid', `<${from.node.name}> needs a whole number, not "${from.text}"`, spanOf(from.node))
  return undefined
}

function decimal(from: Text | undefined, site: Site): number | undefined {
  if (from === undefined || from.text === '') return undefined
  const value = Number(from.text)
  if (Number.isFinite(value)) return value
  site.fail('text-invalid', `<${from.node.name}> needs a number, not "${from.text}"`, spanOf(from.node))
  return undefined
}

function word({ text, node }: Text, allowed: readonly string[], site: Site): string | undefined {
  const found = allowed.find((each) => each === text.toLowerCase())
  if (found === undefined && text !== '')
    site.fail('text-invalid', `<${node.name}> is one of ${allowed.join(', ')}`, spanOf(node))
  return found
}

function number(text: string | undefined): number | undefined {
  const value = Number(text)
  return text === undefined || text.trim() === '' || !Number.isFinite(value) ? undefined : value
}
