import { ACTION_CATEGORY, ENVIRONMENT_CATEGORY, RESOURCE_CATEGORY, SUBJECT_CATEGORY } from '../policy/namespaces.ts'

const SUBJECT = 'urn:oasis:names:tc:xacml:1.0:subject-category:'

/** Short names of categories (JSON profile 1.1, section 4.2.2). */
export const CATEGORY_NAMES: ReadonlyMap<string, string> = new Map([
  ['AccessSubject', SUBJECT_CATEGORY],
  ['RecipientSubject', `${SUBJECT}recipient-subject`],
  ['IntermediarySubject', `${SUBJECT}intermediary-subject`],
  ['Codebase', `${SUBJECT}codebase`],
  ['RequestingMachine', `${SUBJECT}requesting-machine`],
  ['Resource', RESOURCE_CATEGORY],
  ['Action', ACTION_CATEGORY],
  ['Environment', ENVIRONMENT_CATEGORY],
])
