export { contextOf, createContextHandler } from './context-handler.ts'
export {
  type ContextName,
  contextTokenType,
  holdContext,
  readContextReference,
  readContextToken,
  writeContextToken,
} from './context-token.ts'
export { type SecurityContext, SecurityContexts } from './security-context.ts'
