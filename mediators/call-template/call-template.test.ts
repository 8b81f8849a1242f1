import {
  defineMediator,
  type Flow,
  type MessageContext,
  path,
  required,
  type Template,
  type TemplateParameter,
} from 'viaduct'
import { compileMediators, createContext, createDeployment } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { callTemplate } from './call-template.ts'

type Seen = Record<string, unknown>

function compile(
  xml: string,
  parameters: readonly Partial<TemplateParameter>[],
  body: (ctx: MessageContext) => Flow | Promise<Flow>,
) {
  const template: Template = {
    name: 'greet',
    mediator: body,
    parameters: parameters.map((each) => ({ name: '', mandatory: false, fallback: undefined, ...each })),
  }
  let handled = false
  const handler = {
    name: 'handler',
    mediator: () => {
      handled = true
      return 'continue' as const
    },
  }
  const deployment = createDeployment({ artifacts: { template: { greet: template }, sequence: { handler } } })
  return { ...compileMediators(xml, { mediators: [callTemplate], deployment }), handled: () => handled }
}

async function seen(parameters: string, declared: readonly Partial<TemplateParameter>[]): Promise<Seen> {
  let found: Seen = {}
  const { mediator, diagnostics } = compile(
    `<call-template target="greet">${parameters}</call-template>`,
    declared,
    (ctx) => {
      found = Object.fromEntries(ctx.frame?.parameters ?? [])
      return 'continue'
    },
  )
  expect(diagnostics).toEqual([])
  const ctx = createContext()
  ctx.properties.set('default', 'who', 'world')
  await mediator(ctx)
  expect(ctx.frame).toBeUndefined()
  return found
}

/** Notes the text of an expression. */
const probe = (found: unknown[]) =>
  defineMediator({
    name: 'probe',
    summary: 'Notes a value.',
    attributes: { value: required(path('The value.')) },
    compile:
      ({ value }) =>
      (ctx) => {
        found.push(value.string(ctx))
        return 'continue'
      },
  })

describe('call-template', () => {
  test('gives the template literals and values of expressions', async () => {
    const parameters = `<with-param name="a" value="hello"/><with-param name="b" value="{get-property('who')}"/>`
    expect(await seen(parameters, [{ name: 'a' }, { name: 'b' }])).toEqual({ a: 'hello', b: 'world' })
  })

  test('ignores what the template does not declare, and fills what the call leaves out', async () => {
    expect(await seen('<with-param name="x" value="1"/>', [{ name: 'a' }, { name: 'b', fallback: 'default' }])).toEqual(
      { a: '', b: 'default' },
    )
  })

  test('sets each parameter as a property of the template too', async () => {
    const { mediator } = compile(
      '<call-template target="greet"><with-param name="a" value="1"/></call-template>',
      [{ name: 'a' }],
      () => 'continue',
    )
    const ctx = createContext()
    await mediator(ctx)
    expect(ctx.properties.get('default', 'greet:a')).toBe('1')
  })

  test('is a fault without a mandatory parameter', async () => {
    const { mediator } = compile('<call-template target="greet"/>', [{ name: 'a', mandatory: true }], () => 'continue')
    await expect(async () => mediator(createContext())).rejects.toMatchObject({
      code: 500101,
      message: 'the template "greet" needs the parameter "a"',
    })
  })

  test('evaluates values in the frame of the caller', async () => {
    const found: unknown[] = []
    const { mediator } = compile(
      `<call-template target="greet"><with-param name="a" value="{$func:a}"/></call-template>`,
      [{ name: 'a' }],
      (ctx) => {
        found.push(ctx.frame?.parameters.get('a'))
        return 'continue'
      },
    )
    const ctx = createContext()
    ctx.frame = { template: 'outer', parameters: new Map([['a', 'from outside']]), outer: undefined }
    await mediator(ctx)
    expect(found).toEqual(['from outside'])
    expect(ctx.frame?.template).toBe('outer')
  })

  test('hands an expression in two pairs of braces to the template, which evaluates it (COMPAT escaped-expression)', async () => {
    const found: unknown[] = []
    const { mediator, diagnostics } = compile(
      '<call-template target="greet"><with-param name="a" value="{{//q}}"/></call-template>',
      [{ name: 'a' }],
      (ctx) => {
        ctx.message.editTree()
        found.push(ctx.properties.get('default', 'greet:a'))
        const { mediator: use } = compileMediators('<probe value="$func:a"/>', { mediators: [probe(found)] })
        return use(ctx)
      },
    )
    expect(diagnostics).toEqual([])
    await mediator(createContext({ body: '<q>IBM</q>', contentType: 'application/xml' }))
    expect(found).toEqual(['{//q}', 'IBM'])
  })

  test('reports an expression in braces that cannot be compiled', () => {
    const { diagnostics } = compile(
      '<call-template target="greet">\n<with-param name="a" value="{{//q[}}"/></call-template>',
      [{ name: 'a' }],
      () => 'continue',
    )
    expect(diagnostics).toEqual([expect.stringMatching(/^test\.xml:2:1 error expression-invalid: <with-param>: /)])
  })

  test('leaves the frame in place when the body stops the flow (COMPAT template-frame-stays)', async () => {
    const { mediator } = compile('<call-template target="greet"/>', [], () => Promise.resolve('stop'))
    const ctx = createContext()
    expect(await mediator(ctx)).toBe('stop')
    expect(ctx.frame?.template).toBe('greet')
  })

  test('hands faults of the template to onError', async () => {
    const { mediator, handled } = compile('<call-template target="greet" onError="handler"/>', [], () => {
      throw new Error('x')
    })
    expect(await mediator(createContext())).toBe('stop')
    expect(handled()).toBe(true)
  })

  test('reports templates that are not there', () => {
    const { diagnostics } = compile('<call-template target="none"/>\n<call-template/>', [], () => 'continue')
    expect(diagnostics).toEqual([
      'test.xml:2:1 error attribute-missing: <call-template> needs the attribute "target"',
      'test.xml:1:24 error reference-unresolved: there is no template "none"',
    ])
  })
})
