import { attributeValue, type XmlElement } from 'viaduct'
import type { InstructionSite } from '../body-compiler.ts'
import { LocalVariables } from '../names-in-scope.ts'
import type { Instruction } from '../run.ts'
import { StylesheetError } from '../stylesheet-error.ts'

/** Attributes of named sets (section 7.1.4); undefined when none is used. */
export function compileAttributeSets(site: InstructionSite, used: string | undefined): Instruction | undefined {
  const sets = compileSets(site, used, [])
  if (sets.length === 0) return undefined
  return (run, node, position, size) => {
    const { frame } = run
    for (const { body, locals } of sets) {
      run.frame = Array.from({ length: locals.slots })
      body(run, node, position, size)
    }
    run.frame = frame
  }
}

interface CompiledSet {
  readonly body: Instruction
  readonly locals: LocalVariables
}

/** Sets that a set uses come before its own attributes; those of higher precedence come last. */
function compileSets(
  { element, names, compiler }: InstructionSite,
  used: string | undefined,
  open: readonly string[],
): CompiledSet[] {
  const { attributeSets, namesAt } = compiler.surroundings
  return (used ?? '')
    .split(/\s+/)
    .filter((name) => name !== '')
    .flatMap((written) => {
      const name = names.qname(written)
      if (open.includes(name)) throw new StylesheetError(`the attribute set "${name}" uses itself`, element)
      const found = attributeSets.filter((set) => nameOf(set, namesAt(set, new LocalVariables())) === name)
      if (found.length === 0) throw new StylesheetError(`there is no attribute set "${name}"`, element)
      return found.flatMap((set) => {
        const locals = new LocalVariables()
        const site = { element: set, names: namesAt(set, locals), compiler }
        const body = compiler.sequence(set.children, locals)
        return [...compileSets(site, attributeValue(set, 'use-attribute-sets'), [...open, name]), { body, locals }]
      })
    })
}

function nameOf(set: XmlElement, names: InstructionSite['names']): string {
  const name = attributeValue(set, 'name')
  if (name === undefined) throw new StylesheetError('xsl:attribute-set needs a name', set)
  return names.qname(name)
}
