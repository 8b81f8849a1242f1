import { der } from '../der/index.ts'
import { MESSAGE, type PrincipalName, writePrincipalName } from './kerberos-types.ts'

/** Numbers of pre-authentication data (RFC 4120, section 7.5.2). */
export const PA = { ticketRequest: 1, encryptedTimestamp: 2, encryptionInfo: 19 } as const

export interface PreAuthentication {
  readonly type: number
  readonly value: Buffer
}

export interface KdcQuestion {
  /** Undefined in a TGS-REQ. */
  readonly client: PrincipalName | undefined
  readonly realm: string
  readonly service: PrincipalName
  /** Milliseconds since the epoch. */
  readonly until: number
  readonly nonce: number
  /** Encryption types, the preferred first. */
  readonly types: readonly number[]
}

/** KDC-REQ-BODY (RFC 4120, section 5.4.1). */
export function writeQuestion({ client, realm, service, until, nonce, types }: KdcQuestion): Buffer {
  return der.sequence(
    der.explicit(0, der.bits(Buffer.alloc(4))),
    ...(client === undefined ? [] : [der.explicit(1, writePrincipalName(client))]),
    der.explicit(2, der.general(realm)),
    der.explicit(3, writePrincipalName(service)),
    der.explicit(5, der.generalizedTime(until)),
    der.explicit(7, der.integer(nonce)),
    der.explicit(8, der.sequence(...types.map((type) => der.integer(type)))),
  )
}

/** AS-REQ or TGS-REQ around a body. */
export function writeKdcRequest(
  kind: 'authentication' | 'ticket',
  body: Buffer,
  proofs: readonly PreAuthentication[],
): Buffer {
  const type = kind === 'authentication' ? MESSAGE.authenticationRequest : MESSAGE.ticketRequest
  const padata = proofs.map(({ type: each, value }) =>
    der.sequence(der.explicit(1, der.integer(each)), der.explicit(2, der.octets(value))),
  )
  const request = der.sequence(
    der.explicit(1, der.integer(5)),
    der.explicit(2, der.integer(type)),
    ...(padata.length === 0 ? [] : [der.explicit(3, der.sequence(...padata))]),
    der.explicit(4, body),
  )
  return der.explicit(type, request, 'application')
}

/** PA-ENC-TS-ENC, to be encrypted. */
export const writeTimestamp = (time: number): Buffer =>
  der.sequence(der.explicit(0, der.generalizedTime(time)), der.explicit(1, der.integer((time % 1000) * 1000)))
