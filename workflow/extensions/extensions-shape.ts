import { child, children, required, SYNAPSE, string } from 'viaduct'
import { WORKFLOW_TYPES } from '../workflow-types.ts'

const extension = (element: string, doc: string) =>
  child(element, doc, {
    attributes: {
      executor: required(string('Class of the executor: one of a module in mediators/, or a built-in.')),
    },
    children: {
      property: children('Property', 'Set on the executor: a setter or a field.', {
        attributes: { name: required(string('Name of the setter or field.')) },
        content: 'text',
      }),
    },
  })

/** An element of `workflow-extensions.xml`. */
export type ExtensionShape = ReturnType<typeof extension>

/** `<WorkFlowExtensions>`: which executor runs which type of workflow. Keyed by element. */
export const extensionsShape: Readonly<Record<string, ExtensionShape>> & { readonly then?: never } = Object.fromEntries(
  WORKFLOW_TYPES.map(({ element, words }) => [element, extension(element, `${words}.`)]),
)

/** The file has no namespace in WSO2's products; what is written in that of Synapse is the same. */
export const NAMESPACES: readonly string[] = ['', SYNAPSE]
