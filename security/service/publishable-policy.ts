import { cloneNode, detach, elements, type XmlElement } from 'viaduct'
import { CARBON_SECURITY, RAMPART_POLICY } from '../policy/names.ts'

/** A policy as others may see it: without where our keys are, what opens them, and who may call. */
export function publishablePolicy(policy: XmlElement): XmlElement {
  const copy = cloneNode(policy)
  withoutSecrets(copy)
  return copy
}

function withoutSecrets(parent: XmlElement): void {
  for (const child of elements(parent)) {
    if (child.namespace === RAMPART_POLICY || child.namespace === CARBON_SECURITY) detach(child)
    else withoutSecrets(child)
  }
}
