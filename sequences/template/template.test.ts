import { describe, expect, test } from 'vitest'
import { type EndpointTemplate, parseXml, type Template } from 'viaduct'
import {
  compileElement,
  createContext,
  createDeployment,
  createMarks,
  MemorySender,
  sendersOf,
  testServices,
} from 'viaduct/testing'
import { endpoint } from '../../endpoints/endpoint.ts'
import { withEndpoints } from '../../endpoints/testing/compile-endpoint.ts'
import { template } from './template.ts'

const element = (xml: string) => parseXml(xml).root

test('what it holds decides what it is', () => {
  expect(template.kindOf?.(element('<template><sequence/></template>'))).toBe('template')
  expect(template.kindOf?.(element('<template><parameter name="a"/><endpoint/></template>'))).toBe('endpointTemplate')
})

test('a sequence template has parameters, and a body', () => {
  const marks = createMarks()
  const { value, diagnostics } = compileElement(
    template,
    '<template name="t"><parameter name="a" isMandatory="true"/><parameter name="b" defaultValue="x"/><sequence><mark name="body"/></sequence></template>',
    { mediators: [marks.definition] },
  )
  const made = value as Template
  expect(diagnostics).toEqual([])
  expect(made.parameters).toEqual([
    { name: 'a', mandatory: true, fallback: undefined },
    { name: 'b', mandatory: false, fallback: 'x' },
  ])
  expect(made.mediator(createContext())).toBe('continue')
  expect(marks.passed).toEqual(['body'])
})

describe('an endpoint template', () => {
  const XML = `<template name="t"><parameter name="wait"/><endpoint name="$name"><address uri="$uri"><timeout><duration>$wait</duration></timeout></address><property name="p" value="$undeclared"/></endpoint></template>`

  function instance(uses: string) {
    const sender = new MemorySender()
    const services = testServices({ senders: sendersOf(sender) })
    const made = compileElement(template, XML, { ...withEndpoints, services }).value as EndpointTemplate
    const deployment = createDeployment({ services, artifacts: { endpointTemplate: { t: made } } })
    const compiled = compileElement(endpoint, uses, { ...withEndpoints, services, deployment })
    return {
      sender,
      ...compiled,
      context: () => createContext({ services, deployment, body: '<a/>', headers: { SOAPAction: 'a' } }),
    }
  }

  test('is instantiated with name, uri and parameters', async () => {
    const { value, sender, context } = instance(
      '<endpoint template="t" name="e" uri="http://backend/x"><parameter name="wait" value="70"/></endpoint>',
    )
    const ctx = context()
    await value?.call(ctx)
    expect(sender.requests).toMatchObject([{ url: 'http://backend/x', timeout: 70 }])
    expect(ctx.properties.get('default', 'p')).toBe('$undeclared')
  })

  test('two instances are suspended each for itself', async () => {
    const first = instance(
      '<endpoint template="t" name="e1" uri="http://backend/x"><parameter name="wait" value="1"/></endpoint>',
    )
    expect(first.value?.name).toBe('e1')
    expect(first.value?.ready(first.context())).toBe(true)
  })

  test('values that make no endpoint are found before anything starts, at their place in the template', () => {
    const { diagnostics } = instance(
      '<endpoint template="t" name="e" uri="http://backend/x"><parameter name="wait" value="soon"/></endpoint>',
    )
    expect(diagnostics).toEqual([expect.stringContaining('test.xml:1:96 error text-invalid')])
  })

  test('a template that is not there is found before anything starts', () => {
    const { diagnostics } = compileElement(endpoint, '<endpoint template="nothing" name="e"/>', withEndpoints)
    expect(diagnostics).toEqual([expect.stringContaining('test.xml:1:21 error reference-unresolved')])
  })
})

test('a template holds a sequence or an endpoint', () => {
  for (const inside of ['', '<sequence/><endpoint><default/></endpoint>']) {
    const { diagnostics } = compileElement(template, `<template name="t">${inside}</template>`)
    expect(diagnostics).toEqual([expect.stringContaining('error constraint-violated')])
  }
})
