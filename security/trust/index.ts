export { type AssertionRules, createAssertionProvider } from './assertion-provider.ts'
export { type ContextRules, createContextProvider } from './context-provider.ts'
export { TokenCache } from './token-cache.ts'
export { type TokenProvider, TokenService, type TrustAnswer, type TrustCaller } from './token-service.ts'
export { askForToken, readTokenAnswer, type ReceivedToken, type TokenQuestion, type TokenWish } from './trust-client.ts'
export { TRUST_FAULTS, TrustFailure, type TrustFaultCode } from './trust-failure.ts'
export { readTrustRequest, type TrustRequest } from './trust-request.ts'
export { answersTrustRequest, type TrustQuestionKind } from './answers-trust-request.ts'
export {
  responseAction,
  TRUST_13,
  TRUST_2005,
  type TrustAction,
  trustAction,
  type TrustKeyType,
  type TrustOperation,
  type TrustVersion,
  trustVersion,
} from './trust-version.ts'
