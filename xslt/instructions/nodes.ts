import { attributeValue, isNcName } from 'viaduct'
import { compileAttributeTemplate } from '../attribute-template.ts'
import type { CompileInstruction, InstructionSite } from '../body-compiler.ts'
import type { Node, Run } from '../run.ts'
import { StylesheetError } from '../stylesheet-error.ts'
import { compileAttributeSets } from './attribute-sets.ts'
import { required } from './templates.ts'

/** Section 7.6.1. */
export const valueOf: CompileInstruction = ({ element, names }) => {
  const { string } = names.compile(required(element, 'select'))
  const raw = attributeValue(element, 'disable-output-escaping') === 'yes'
  return (run, node, position, size) => run.out.text(string(node, position, size, run.evaluation), raw)
}

/** Section 7.2. */
export const text: CompileInstruction = ({ element }) => {
  const value = element.children.map((child) => ('value' in child ? child.value : '')).join('')
  const raw = attributeValue(element, 'disable-output-escaping') === 'yes'
  return (run) => run.out.text(value, raw)
}

/** Section 7.1.2. */
export const element: CompileInstruction = (site) => {
  const { element, names, compiler } = site
  const name = compileName(site, true)
  const sets = compileAttributeSets(site, attributeValue(element, 'use-attribute-sets'))
  const body = compiler.content(element, names)
  return (run, node, position, size) => {
    const { prefix, local, namespace } = name(run, node, position, size)
    run.out.start(local, namespace, prefix, undefined)
    run.out.declare(prefix, namespace)
    sets?.(run, node, position, size)
    body(run, node, position, size)
    run.out.end()
  }
}

/** Section 7.1.3. */
export const attribute: CompileInstruction = (site) => {
  const { element, names, compiler } = site
  const name = compileName(site, false)
  const body = compiler.content(element, names)
  return (run, node, position, size) => {
    const { prefix, local, namespace } = name(run, node, position, size)
    run.out.attribute(
      local,
      namespace,
      namespace === '' ? '' : prefix === '' ? 'ns0' : prefix,
      run.text(body, node, position, size),
    )
  }
}

/** Section 7.4. */
export const comment: CompileInstruction = ({ element, names, compiler }) => {
  const body = compiler.content(element, names)
  return (run, node, position, size) => run.out.comment(run.text(body, node, position, size))
}

/** Section 7.3. */
export const instruction: CompileInstruction = ({ element, names, compiler }) => {
  const { evaluate } = compileAttributeTemplate(required(element, 'name'), names)
  const body = compiler.content(element, names)
  return (run, node, position, size) => {
    const name = evaluate(run, node, position, size)
    if (!isNcName(name) || name.toLowerCase() === 'xml')
      throw new StylesheetError(`"${name}" is no name of a processing instruction`, element)
    run.out.instruction(name, run.text(body, node, position, size).trimStart())
  }
}

interface ResultName {
  readonly prefix: string
  readonly local: string
  readonly namespace: string
}

type ComputeName = (run: Run, node: Node, position: number, size: number) => ResultName

/** `name` and `namespace`, which may be computed; an element without a prefix is in the default namespace. */
function compileName({ element, names }: InstructionSite, useDefault: boolean): ComputeName {
  const name = compileAttributeTemplate(required(element, 'name'), names)
  const uri = attributeValue(element, 'namespace')
  const namespace = uri === undefined ? undefined : compileAttributeTemplate(uri, names)
  const resolve = (text: string, given: string | undefined): ResultName => {
    const [first = '', second] = text.split(':', 2)
    const [prefix, local] = second === undefined ? ['', first] : [first, second]
    if (
      !isNcName(local) ||
      (prefix !== '' && !isNcName(prefix)) ||
      (!useDefault && given === undefined && text === 'xmlns')
    )
      throw new StylesheetError(`"${text}" is no name`, element)
    if (given !== undefined) return { prefix: given === '' ? '' : prefix, local, namespace: given }
    if (prefix === '' && !useDefault) return { prefix, local, namespace: '' }
    return { prefix, local, namespace: names.namespace(prefix) }
  }
  if (name.literal !== undefined && (namespace === undefined || namespace.literal !== undefined)) {
    const fixed = resolve(name.literal, namespace?.literal)
    return () => fixed
  }
  return (run, node, position, size) =>
    resolve(name.evaluate(run, node, position, size), namespace?.evaluate(run, node, position, size))
}
