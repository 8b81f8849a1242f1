import { randomBytes } from 'node:crypto'
import type { XmlDocument } from 'viaduct'
import { encrypt } from './encryption/encrypt.ts'
import { writeEncryptedKey } from './encryption/write-encrypted-key.ts'
import { selectPart } from './message/select-parts.ts'
import { keepInline, optimize } from './mtom/optimize.ts'
import type { ProtectPlan, ProtectStep } from './plan.ts'
import type { ProtectResult, ProtectState } from './protect-state.ts'
import { Protection } from './protection.ts'
import { sign } from './signature/sign.ts'
import { writeConfirmations } from './signature/write-confirmations.ts'
import { writeTimestamp } from './timestamp/write-timestamp.ts'
import { placeToken } from './tokens/place-token.ts'
import { writeDerivedKey } from './tokens/write-derived-key.ts'
import { referToSecret } from './tokens/write-reference.ts'
import { writeUsernameToken } from './username-token/write-username-token.ts'

/**
 * Protects a message in place, as the plan says. Nothing may change the envelope afterwards but serialisation. Throws a
 * SecurityFailure when the state lacks what the plan needs; the envelope is then of no use any more.
 */
export function protect(envelope: XmlDocument, plan: ProtectPlan, state: ProtectState): ProtectResult {
  const protection = new Protection(envelope, plan, state)
  for (const [name, { secret, reference }] of state.secrets ?? [])
    protection.secrets.set(name, { secret, refer: () => referToSecret(reference) })
  protection.rememberParts((part) => selectPart(protection, part))
  for (const [index, step] of plan.steps.entries()) {
    const isLast = !plan.steps.slice(index + 1).some((later) => later.step === 'signature')
    run(protection, step, isLast)
  }
  if (plan.optimize.length > 0) keepInline(protection.cipherValues, optimize(envelope, plan.optimize))
  const { signatures, sentSecrets, attachments } = protection
  const unnamed = state.attachments?.filter(({ contentId }) => contentId === undefined) ?? []
  return { signatures, secrets: sentSecrets, attachments: [...attachments.values(), ...unnamed] }
}

function run(protection: Protection, step: ProtectStep, isLast: boolean): void {
  switch (step.step) {
    case 'timestamp':
      return writeTimestamp(protection, step)
    case 'username-token':
      return writeUsernameToken(protection, step)
    case 'token':
      return placeToken(protection, step)
    case 'encrypted-key':
      return writeEncryptedKey(protection, step)
    case 'derived-key':
      return writeDerivedKey(protection, step)
    case 'confirmation':
      return writeConfirmations(protection)
    case 'signature':
      return sign(protection, step)
    case 'encryption':
      return encrypt(protection, step, isLast)
  }
}

/** Chance as node:crypto gives it. */
export const systemRandom = (size: number): Buffer => randomBytes(size)
