import type { CompileInstruction } from '../body-compiler.ts'
import { applyImports, applyTemplates, callTemplate, parameter, variable } from './templates.ts'
import { choose, forEach, ifInstruction } from './control.ts'
import { copy, copyOf } from './copies.ts'
import { attribute, comment, element, instruction, text, valueOf } from './nodes.ts'
import { message } from './message.ts'
import { number } from './number.ts'

/** The instructions of XSLT 1.0 by their local names. */
export const INSTRUCTIONS: ReadonlyMap<string, CompileInstruction> = new Map<string, CompileInstruction>([
  ['apply-imports', applyImports],
  ['apply-templates', applyTemplates],
  ['attribute', attribute],
  ['call-template', callTemplate],
  ['choose', choose],
  ['comment', comment],
  ['copy', copy],
  ['copy-of', copyOf],
  ['element', element],
  ['for-each', forEach],
  ['if', ifInstruction],
  ['message', message],
  ['number', number],
  ['param', parameter],
  ['processing-instruction', instruction],
  ['text', text],
  ['value-of', valueOf],
  ['variable', variable],
])
