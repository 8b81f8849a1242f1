/** Decision points elsewhere, and the one of this bus as others ask it. */
export interface EntitlementSettings {
  /** Until a remote decision point must have answered, milliseconds. */
  readonly timeout: number
  /** Bytes of an answer that is read. */
  readonly answerLimit: number
  readonly wsXacml: WsXacmlSettings
  readonly served: ServedDecisions
}

/** How queries of the SAML profile are signed and answers are checked (client and service). */
export interface WsXacmlSettings {
  /** Who asks or answers, as the Issuer says. */
  readonly issuer: string
  /** Aliases in the keystore of the bus that answers may be signed by; empty: the key of the bus itself, as in WSO2. */
  readonly trusted: readonly string[]
  /** Signs with SHA-1, and accepts it, as Identity Server does. */
  readonly sha1: boolean
}

/** Protocols by which others ask the policies of this home; each is off unless it is switched on. */
export interface ServedDecisions {
  readonly soap: boolean
  readonly wsXacml: boolean
  readonly rest: boolean
  readonly authzen: boolean
  /** Port of the thrift service; -1: off. It speaks TLS with the certificate of http.tls. */
  readonly thriftPort: number
  readonly thriftHost: string
  /** Roles of which a caller needs one; empty: every user of the home may ask. */
  readonly roles: readonly string[]
  /** Bytes of a question. */
  readonly requestLimit: number
  /** Questions of one caller in a second; 0: no limit. */
  readonly rate: number
  /** Minutes after which a login that is not used ends. */
  readonly session: number
}

export const DEFAULT_ENTITLEMENT: EntitlementSettings = {
  timeout: 10_000,
  answerLimit: 1024 * 1024,
  wsXacml: { issuer: 'https://identity.carbon.wso2.org', trusted: [], sha1: false },
  served: {
    soap: false,
    wsXacml: false,
    rest: false,
    authzen: false,
    thriftPort: -1,
    thriftHost: '127.0.0.1',
    roles: [],
    requestLimit: 256 * 1024,
    rate: 0,
    session: 15,
  },
}
