export { type ExplainedFailure, type Explanation, explainMessage, type Judgement } from './explain-message.ts'
export type { Cause } from './likely-cause.ts'
