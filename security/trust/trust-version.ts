import { WSC_2005, WSC_200512 } from '../names.ts'

export const WST_2005 = 'http://schemas.xmlsoap.org/ws/2005/02/trust'
export const WST_200512 = 'http://docs.oasis-open.org/ws-sx/ws-trust/200512'
export const WSP_2004 = 'http://schemas.xmlsoap.org/ws/2004/09/policy'
export const WSP_15 = 'http://www.w3.org/ns/ws-policy'

export type TrustOperation = 'issue' | 'renew' | 'cancel' | 'validate'

/** What a token's key is: a shared secret, a public key that the requestor has, or none. */
export type TrustKeyType = 'symmetric' | 'public' | 'bearer'

/** A version of WS-Trust with the version of WS-SecureConversation that goes with it. */
export interface TrustVersion {
  readonly name: '2005/02' | '1.3'
  readonly namespace: string
  readonly conversation: string
  /** Prefix of what is written; of no meaning. */
  readonly keyTypes: Readonly<Record<TrustKeyType, string>>
  /** A requested token stands in a collection (WS-Trust 1.3, section 4.3). */
  readonly collection: boolean
}

const NO_PROOF_KEY = 'http://schemas.xmlsoap.org/ws/2005/05/identity/NoProofKey'

export const TRUST_2005: TrustVersion = {
  name: '2005/02',
  namespace: WST_2005,
  conversation: WSC_2005,
  keyTypes: { symmetric: `${WST_2005}/SymmetricKey`, public: `${WST_2005}/PublicKey`, bearer: NO_PROOF_KEY },
  collection: false,
}

export const TRUST_13: TrustVersion = {
  name: '1.3',
  namespace: WST_200512,
  conversation: WSC_200512,
  keyTypes: {
    symmetric: `${WST_200512}/SymmetricKey`,
    public: `${WST_200512}/PublicKey`,
    bearer: `${WST_200512}/Bearer`,
  },
  collection: true,
}

const VERSIONS: readonly TrustVersion[] = [TRUST_2005, TRUST_13]
const OPERATIONS: readonly TrustOperation[] = ['issue', 'renew', 'cancel', 'validate']

export const trustVersion = (namespace: string): TrustVersion | undefined =>
  VERSIONS.find((version) => version.namespace === namespace)

/** `Issue`, `Renew` … as the names of actions and request types end. */
export const operationWord = (operation: TrustOperation): string =>
  operation.charAt(0).toUpperCase() + operation.slice(1)

export const requestType = ({ namespace }: TrustVersion, operation: TrustOperation): string =>
  `${namespace}/${operationWord(operation)}`

export const operationOf = (version: TrustVersion, uri: string): TrustOperation | undefined =>
  OPERATIONS.find((operation) => uri === requestType(version, operation))

export function keyTypeOf({ namespace, keyTypes }: TrustVersion, uri: string): TrustKeyType | undefined {
  if (uri === keyTypes.symmetric) return 'symmetric'
  if (uri === keyTypes.public) return 'public'
  return uri === keyTypes.bearer || uri === NO_PROOF_KEY || uri === `${namespace}/Bearer` ? 'bearer' : undefined
}

/** What a wsa:Action says of a request to a token service. */
export interface TrustAction {
  readonly version: TrustVersion
  readonly operation: TrustOperation
  /** For security contexts (WS-SecureConversation 1.3, sections 3 to 6) instead of tokens of any kind. */
  readonly context: boolean
}

const ACTIONS = new Map(
  VERSIONS.flatMap((version) =>
    [true, false].flatMap((context) =>
      OPERATIONS.map((operation): [string, TrustAction] => [
        requestAction(version, operation, context),
        { version, operation, context },
      ]),
    ),
  ),
)

/** The request that an action names, undefined when it is none of WS-Trust. */
export const trustAction = (action: string): TrustAction | undefined => ACTIONS.get(action)

/** wsa:Action of a request. */
export function requestAction({ namespace }: TrustVersion, operation: TrustOperation, context: boolean): string {
  if (!context) return `${namespace}/RST/${operationWord(operation)}`
  return operation === 'issue' ? `${namespace}/RST/SCT` : `${namespace}/RST/SCT/${operationWord(operation)}`
}

/** wsa:Action of the answer to a request. */
export function responseAction({ version, operation, context }: TrustAction): string {
  const { namespace, collection } = version
  if (context)
    return operation === 'issue' ? `${namespace}/RSTR/SCT` : `${namespace}/RSTR/SCT/${operationWord(operation)}`
  if (!collection) return `${namespace}/RSTR/${operationWord(operation)}`
  return operation === 'issue' ? `${namespace}/RSTRC/IssueFinal` : `${namespace}/RSTR/${operationWord(operation)}Final`
}
