/** The vocabularies of XACML. */
export const XACML_3 = 'urn:oasis:names:tc:xacml:3.0:core:schema:wd-17'
export const POLICY_2 = 'urn:oasis:names:tc:xacml:2.0:policy:schema:os'
export const CONTEXT_2 = 'urn:oasis:names:tc:xacml:2.0:context:schema:os'
export const POLICY_1 = 'urn:oasis:names:tc:xacml:1.0:policy'
export const CONTEXT_1 = 'urn:oasis:names:tc:xacml:1.0:context'

/** Earlier drafts of 3.0 that products have shipped with. */
export const isXacml3 = (namespace: string): boolean =>
  namespace === XACML_3 ||
  /^urn:oasis:names:tc:xacml:3\.0:(?:core:schema:wd-\d+|policy:schema:os|context:schema:os)$/.test(namespace)

export const isPolicyNamespace = (namespace: string): boolean =>
  namespace === POLICY_2 || namespace === POLICY_1 || isXacml3(namespace)

export const SUBJECT_CATEGORY = 'urn:oasis:names:tc:xacml:1.0:subject-category:access-subject'
export const RESOURCE_CATEGORY = 'urn:oasis:names:tc:xacml:3.0:attribute-category:resource'
export const ACTION_CATEGORY = 'urn:oasis:names:tc:xacml:3.0:attribute-category:action'
export const ENVIRONMENT_CATEGORY = 'urn:oasis:names:tc:xacml:3.0:attribute-category:environment'
