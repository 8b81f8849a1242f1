import { buildElement } from '../message/build-element.ts'
import { WSSE11 } from '../names.ts'
import type { Protection } from '../protection.ts'

/** Writes a wsse11:SignatureConfirmation for every signature of the request; one without Value where it had none. */
export function writeConfirmations(protection: Protection): void {
  const { confirm } = protection.state
  if (confirm === undefined) return
  const values = confirm.length === 0 ? [undefined] : confirm.map(({ value }) => value)
  for (const Value of values) {
    const confirmation = buildElement(WSSE11, 'wsse11:SignatureConfirmation', { Value })
    protection.confirmations.push(confirmation)
    protection.header.last(confirmation)
  }
}
