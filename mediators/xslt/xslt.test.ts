import { printXml, XmlElement } from 'viaduct'
import { compileMediators, createContext, createDeployment } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { mediators } from '../index.ts'
import { fastXslt } from './fast-xslt.ts'
import { xslt } from './xslt.ts'

const sheet = (body: string) =>
  `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">${body}</xsl:stylesheet>`
const resources = {
  'wrap.xsl': sheet(
    '<xsl:param name="p"/><xsl:template match="/"><out p="{$p}"><xsl:copy-of select="*"/></out></xsl:template>',
  ),
  'text.xsl': sheet('<xsl:output method="text"/><xsl:template match="/">n=<xsl:value-of select="//n"/></xsl:template>'),
  'main.xsl': sheet(
    '<xsl:import href="lib"/><xsl:template match="/"><out><xsl:call-template name="lib"/><xsl:copy-of select="document(\'data\')/*"/></out></xsl:template>',
  ),
  'conf:/lib.xsl': sheet('<xsl:template name="lib">lib</xsl:template>'),
  'conf:/data.xml': '<data/>',
  'bad.xsl': sheet('\n<xsl:template match="/">\n  <xsl:value-of select="a["/>\n</xsl:template>'),
  'stop.xsl': sheet(
    '<xsl:template match="/"><xsl:message>hello</xsl:message><xsl:message terminate="yes">no</xsl:message></xsl:template>',
  ),
  'children.xsl': sheet('<xsl:template match="/"><r><a/><b/></r></xsl:template>'),
}
const deployment = createDeployment({ resources })
const compile = (xml: string) => compileMediators(xml, { mediators: [xslt], deployment })

const SOAP = (inside: string) =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${inside}</s:Body></s:Envelope>`

async function run(xml: string, options = {}) {
  const { mediator, diagnostics } = compile(xml)
  expect(diagnostics).toEqual([])
  const ctx = createContext({ deployment, contentType: 'text/xml', body: SOAP('<q><n>7</n></q>'), ...options })
  ctx.properties.set('default', 'which', 'wrap.xsl')
  await mediator(ctx)
  return ctx
}

const body = async (xml: string, options = {}) =>
  printXml((await run(xml, options)).message.tree).replace(/^.*Body>(.*)<\/s:Body.*$/s, '$1')

describe('xslt', () => {
  test('puts the result in the place of the payload, with parameters', async () => {
    const parameter = '<property name="p" value="x"/>'
    expect(await body(`<xslt key="wrap.xsl">${parameter}</xslt>`)).toBe('<out p="x"><q><n>7</n></q></out>')
    const computed = '<property name="p" expression="//n"/>'
    expect(await body(`<xslt key="wrap.xsl">${computed}</xslt>`)).toBe('<out p="7"><q><n>7</n></q></out>')
  })

  test('transforms what source selects, and nothing else', async () => {
    expect(await body('<xslt key="wrap.xsl" source="//n"/>')).toBe('<q><out p=""><n>7</n></out></q>')
  })

  test('keeps the result in a property when there is a target', async () => {
    const ctx = await run('<xslt key="wrap.xsl" target="t"/>')
    const value = ctx.properties.get('default', 't')
    expect(value instanceof XmlElement && printXml(value)).toBe('<out p=""><q><n>7</n></q></out>')
    expect(ctx.message.revision).toBe(0)
    expect((await run('<xslt key="text.xsl" target="t"/>')).properties.get('default', 't')).toBe('n=7')
  })

  test('of a result for the whole body the children of its root go in (COMPAT xslt-body-children)', async () => {
    expect(await body('<xslt key="children.xsl" source="$body"/>')).toBe('<a/><b/>')
  })

  test('text becomes a text payload', async () => {
    expect(await body('<xslt key="text.xsl"/>')).toBe(
      '<text xmlns="http://ws.apache.org/commons/ns/payload">n=7</text>',
    )
  })

  test('finds what the stylesheet imports and reads, where resources say', async () => {
    const places = '<resource location="lib" key="conf:/lib.xsl"/><resource location="data" key="conf:/data.xml"/>'
    expect(await body(`<xslt key="main.xsl">${places}</xslt>`)).toBe('<out>lib<data/></out>')
  })

  test('a computed key finds the stylesheet for the message', async () => {
    expect(await body('<xslt key="{$ctx:which}"/>')).toContain('<out')
    const { mediator } = compile('<xslt key="{$ctx:none}"/>')
    expect(() => mediator(createContext({ deployment, body: '<a/>' }))).toThrow(/there is no resource ""/)
  })

  test('a JSON payload is transformed as the XML that stands for it', async () => {
    expect(await body('<xslt key="wrap.xsl"/>', { contentType: 'application/json', body: '{"n":7}' })).toContain(
      '<n>7</n>',
    )
  })

  test('an empty body is left alone with a warning', async () => {
    const ctx = await run('<xslt key="wrap.xsl"/>', { body: SOAP('') })
    expect(ctx.lines).toContain('WARN there is nothing to transform')
  })

  test('messages go to the log, and what ends the transformation is a fault with its place', async () => {
    const { mediator } = compile('<xslt key="stop.xsl"/>')
    const ctx = createContext({ deployment, body: '<a/>' })
    expect(() => mediator(ctx)).toThrow(/xslt: no \(stop\.xsl:1:\d+\)/)
  })

  test('mistakes of the stylesheet are found with the configuration, where they stand', () => {
    expect(compile('<xslt key="bad.xsl"/>').diagnostics).toEqual([
      expect.stringContaining('bad.xsl:3:3 error stylesheet-invalid: "a["'),
    ])
    expect(compile('<xslt key="none.xsl"/>').diagnostics).toEqual([
      'test.xml:1:1 error stylesheet-invalid: there is no resource "none.xsl"',
    ])
    expect(compile('<xslt key="wrap.xsl">\n<property name="p"/></xslt>').diagnostics).toEqual([
      'test.xml:2:1 error constraint-violated: the property "p" needs either a value or an expression',
    ])
  })

  test('fastXSLT replaces the payload', async () => {
    const { mediator } = compileMediators('<fastXSLT key="children.xsl"/>', { mediators: [fastXslt], deployment })
    const ctx = createContext({ deployment, contentType: 'application/xml', body: '<q/>' })
    await mediator(ctx)
    expect(printXml(ctx.message.tree)).toContain('<r><a/><b/></r>')
  })

  test('is one of the mediators', () => {
    expect(mediators.some(({ name }) => name === 'xslt')).toBe(true)
  })
})
