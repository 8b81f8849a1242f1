import type { X509Certificate } from 'node:crypto'
import type { XmlElement } from 'viaduct'
import { SecurityFailure } from '../security-failure.ts'
import type { SecurityToken, TokenKind } from '../security-results.ts'

/** The tokens of one message, each read once, whether it stands before or behind what refers to it. */
export class TokenTable {
  readonly all: SecurityToken[] = []
  readonly #byElement = new Map<XmlElement, SecurityToken>()
  readonly #byCertificate = new Map<X509Certificate, SecurityToken>()
  readonly #reading = new Set<XmlElement>()
  readonly #read: (element: XmlElement) => SecurityToken

  constructor(read: (element: XmlElement) => SecurityToken) {
    this.#read = read
  }

  add(token: SecurityToken): SecurityToken {
    this.all.push(token)
    if (token.element !== undefined) this.#byElement.set(token.element, token)
    return token
  }

  /** A token is somebody's whose name is known better now than it was written in the message. */
  rename(element: XmlElement, principal: string): void {
    const token = this.#byElement.get(element)
    if (token === undefined || token.principal === principal) return
    const renamed = { ...token, principal }
    this.all[this.all.indexOf(token)] = renamed
    this.#byElement.set(element, renamed)
  }

  /** A token that was read before. */
  known(element: XmlElement): SecurityToken | undefined {
    return this.#byElement.get(element)
  }

  /** The token that an element is. Throws a SecurityFailure when it is none, or when tokens are made from each other. */
  at(element: XmlElement): SecurityToken {
    const known = this.#byElement.get(element)
    if (known !== undefined) return known
    if (this.#reading.has(element))
      throw new SecurityFailure('token-malformed', 'tokens refer to each other in a circle')
    this.#reading.add(element)
    try {
      return this.add(this.#read(element))
    } finally {
      this.#reading.delete(element)
    }
  }

  /** The token for a certificate that the message only refers to. */
  ofCertificate(certificate: X509Certificate, kind: TokenKind = 'x509'): SecurityToken {
    const known = this.#byCertificate.get(certificate)
    if (known !== undefined) return known
    const token: SecurityToken = {
      kind,
      element: undefined,
      certificates: [certificate],
      principal: subjectOf(certificate),
    }
    this.#byCertificate.set(certificate, token)
    return this.add(token)
  }
}

/** A certificate's subject in one line, most specific attribute first (RFC 2253). */
export const subjectOf = (certificate: X509Certificate): string =>
  certificate.subject.split('\n').toReversed().join(',')
