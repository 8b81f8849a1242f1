import { attributeValue, ELEMENT, type MimePart, setAttribute, type XmlDocument, type XmlElement } from 'viaduct'
import { DSIG, SAML_11, SAML_20, WSU, XENC } from './names.ts'
import type { ProtectPlan, SignedPart } from './plan.ts'
import type { ProtectState } from './protect-state.ts'
import { SecurityFailure } from './security-failure.ts'
import { SecurityHeader, usePrefix } from './security-header.ts'

/** A secret that steps use, with what refers to it. */
export interface UsedSecret {
  readonly secret: Buffer
  /** A new wsse:SecurityTokenReference. */
  readonly refer: () => XmlElement
}

/** One message while it is protected: what the steps share. */
export class Protection {
  readonly envelope: XmlDocument
  readonly plan: ProtectPlan
  readonly state: ProtectState
  readonly header: SecurityHeader
  /** Tokens and signatures by the name of their step; what hides one takes its place. */
  readonly named = new Map<string, XmlElement>()
  readonly secrets = new Map<string, UsedSecret>()
  readonly confirmations: XmlElement[] = []
  /** By Content-ID. */
  readonly attachments = new Map<string, MimePart>()
  /** Base64, in the order of signing. */
  readonly signatures: string[] = []
  /** By EncryptedKeySHA1. */
  readonly sentSecrets = new Map<string, Buffer>()
  readonly cipherValues: XmlElement[] = []
  timestamp: XmlElement | undefined
  /** What parts of signatures meant before anything was encrypted. */
  readonly #early = new Map<SignedPart, readonly XmlElement[]>()
  /** What stands in the place of an element that was encrypted. */
  readonly #hiding = new Map<XmlElement, XmlElement>()
  readonly #unique: string
  #ids = 0

  constructor(envelope: XmlDocument, plan: ProtectPlan, state: ProtectState) {
    this.envelope = envelope
    this.plan = plan
    this.state = state
    this.header = new SecurityHeader(envelope, plan.actor, plan.mustUnderstand)
    this.#unique = state.random(16).toString('hex')
    for (const part of state.attachments ?? [])
      if (part.contentId !== undefined) this.attachments.set(part.contentId, part)
  }

  /** An identifier that nothing else in the message bears. */
  newId(kind: string): string {
    return `${kind}-${this.#unique}-${++this.#ids}`
  }

  /** The identifier of an element, which gets one when it has none. */
  idOf(element: XmlElement, kind = 'id'): string {
    const own = ownIdAttribute(element)
    const known = own === undefined ? undefined : attributeValue(element, own)
    const id = known ?? attributeValue(element, 'Id', WSU)
    if (id !== undefined) return id
    const made = this.newId(kind)
    if (own === undefined) setAttribute(element, 'Id', made, WSU, usePrefix(element, 'wsu', WSU))
    else setAttribute(element, own, made)
    return made
  }

  /** A secret by the name that steps know it by: made by a step, or held by the state. Throws a SecurityFailure. */
  secret(name: string): UsedSecret {
    const secret = this.secrets.get(name)
    if (secret === undefined) throw new SecurityFailure('protection-impossible', `nothing gives the key ${name}`)
    return secret
  }

  /** Keeps what the parts of all signatures mean now, where something is encrypted before one is made. */
  rememberParts(select: (part: SignedPart) => readonly XmlElement[]): void {
    const { steps } = this.plan
    const encryption = steps.findIndex(({ step }) => step === 'encryption')
    if (encryption < 0) return
    for (const step of steps.slice(encryption)) {
      if (step.step !== 'signature') continue
      for (const part of step.parts) if (isHideable(part)) this.#early.set(part, select(part))
    }
  }

  /** What hides the elements that a part meant before they were encrypted. */
  hidden(part: SignedPart): XmlElement[] {
    return (this.#early.get(part) ?? []).flatMap((element) => {
      const hiding = this.#hiding.get(element)
      return hiding !== undefined && isBelow(hiding, this.envelope.root) ? [hiding] : []
    })
  }

  /** What hides an element stands for it from now on. */
  replaced(old: XmlElement, hiding: XmlElement): void {
    this.#hiding.set(old, hiding)
    for (const [name, element] of this.named) if (element === old) this.named.set(name, hiding)
    const at = this.confirmations.indexOf(old)
    if (at >= 0) this.confirmations[at] = hiding
  }
}

/** A signature that comes after an encryption covers what hides the elements that it is about. */
const isHideable = ({ part }: SignedPart): boolean => part === 'header' || part === 'headers' || part === 'elements'

function isBelow(element: XmlElement, root: XmlElement): boolean {
  for (let at: XmlElement['parent'] = element; at?.type === ELEMENT; at = at.parent) if (at === root) return true
  return false
}

/** The attribute without namespace that identifies elements of some vocabularies; all others have wsu:Id. */
function ownIdAttribute({ namespace, name }: XmlElement): string | undefined {
  switch (namespace) {
    case DSIG:
    case XENC:
      return 'Id'
    case SAML_11:
      return name === 'Assertion' ? 'AssertionID' : undefined
    case SAML_20:
      return name === 'Assertion' ? 'ID' : undefined
    default:
      return undefined
  }
}
