import { Fault, type MessageContext } from 'viaduct'
import { compileMediators, createContext, createDeployment, createMarks } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { sequence } from './sequence.ts'

function compile(xml: string, sequences: Record<string, (ctx: MessageContext) => 'continue' | 'stop'> = {}) {
  const { definition, passed } = createMarks()
  const named = Object.fromEntries(Object.entries(sequences).map(([name, mediator]) => [name, { name, mediator }]))
  const deployment = createDeployment({ artifacts: { sequence: named } })
  return { ...compileMediators(xml, { mediators: [sequence, definition], deployment }), passed, deployment }
}

describe('sequence', () => {
  test('runs the sequence that key names and passes its flow on', async () => {
    const ran: string[] = []
    const note = (name: string, flow: 'continue' | 'stop') => () => {
      ran.push(name)
      return flow
    }
    const { mediator, diagnostics, passed } = compile(
      '<sequence key="a"/><mark name="between"/><sequence key="b"/><mark name="after"/>',
      {
        a: note('a', 'continue'),
        b: note('b', 'stop'),
      },
    )
    expect(diagnostics).toEqual([])
    expect(await mediator(createContext())).toBe('stop')
    expect(ran).toEqual(['a', 'b'])
    expect(passed).toEqual(['between'])
  })

  test('looks a key in braces up for every message', async () => {
    const ran: string[] = []
    const { mediator } = compile(`<sequence key="{get-property('next')}"/>`, {
      gold: () => {
        ran.push('gold')
        return 'continue'
      },
    })
    const ctx = createContext()
    ctx.properties.set('default', 'next', 'gold')
    await mediator(ctx)
    ctx.properties.set('default', 'next', 'silver')
    expect(ran).toEqual(['gold'])
    await expect(async () => mediator(ctx)).rejects.toMatchObject({ code: 'sequence-not-found' })
  })

  test('runs what is written inside, named or not', async () => {
    const { mediator, passed } = compile(
      '<sequence><mark name="a"/></sequence><sequence name="inner"><mark name="b"/></sequence>',
    )
    expect(await mediator(createContext())).toBe('continue')
    expect(passed).toEqual(['a', 'b'])
  })

  test('hands a fault inside to its onError sequence, which ends the flow', async () => {
    let code: unknown
    const { mediator, passed } = compile(
      '<sequence onError="handler"><mark name="boom" flow="fault"/><mark name="never"/></sequence><mark name="after"/>',
      {
        handler: (ctx) => {
          code = ctx.properties.get('default', 'ERROR_MESSAGE')
          return 'continue'
        },
      },
    )
    expect(await mediator(createContext())).toBe('stop')
    expect(code).toBe('boom')
    expect(passed).toEqual(['boom'])
  })

  test('raises a fault when sequences nest without end', async () => {
    const { mediator } = compile('<sequence key="loop"/>', { loop: (ctx) => mediator(ctx) as 'continue' })
    await expect(async () => mediator(createContext())).rejects.toBeInstanceOf(Fault)
    await expect(async () => mediator(createContext())).rejects.toMatchObject({ code: 'steps-exceeded' })
  })

  test('gives back the depth when a sequence ends or fails', async () => {
    const { mediator } = compile('<sequence key="a"/>', {
      a: () => {
        throw new Fault(1, 'x')
      },
    })
    const ctx = createContext()
    await expect(async () => mediator(ctx)).rejects.toMatchObject({ code: 1 })
    expect(ctx.depth).toBe(0)
  })

  test('reports references that lead nowhere and mixtures of reference and definition', () => {
    const { diagnostics } = compile(
      '<sequence key="none"/>\n<sequence key="a" onError="a"/>\n<sequence key="a" name="b"/>\n<sequence key="a"><mark name="x"/></sequence>',
      {
        a: () => 'continue',
      },
    )
    expect(diagnostics).toEqual([
      'test.xml:2:1 error constraint-violated: a reference by key cannot have onError: the sequence itself has one',
      'test.xml:3:1 error constraint-violated: key refers to a sequence and name defines one: give one of them',
      'test.xml:4:1 error constraint-violated: a reference by key holds no mediators',
      'test.xml:1:16 error reference-unresolved: there is no sequence "none"',
    ])
  })
})
