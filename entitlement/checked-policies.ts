import { defineService } from 'viaduct'
import { policyFiles } from './policy-files.ts'

const XACML = 'urn:oasis:names:tc:xacml:'

/** Reads the policies of a home with every deployment, so that mistakes in them refuse it, whether or not anybody asks them. */
export const checkedPolicies = defineService({
  name: 'policies',
  summary: 'Checks the XACML policies of the home.',
  create(linker) {
    const present = policyFiles(linker.services.home).some(({ text }) => Buffer.from(text).includes(XACML))
    if (present) linker.facility('decisions')
    return undefined
  },
})
