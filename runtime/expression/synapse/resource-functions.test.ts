import { parseXml } from 'viaduct'
import { createContext, createDeployment, testServices, type TestContext } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { ask, compile, reasonOf, withXml } from './testing/ask.ts'

describe('xpath()', () => {
  const MENU = '<menu xmlns="urn:menu"><dish price="3">Soup</dish><dish price="4.5">Pie</dish><empty/></menu>'

  test.each([
    ["xpath('//m:dish[2]')", 'Pie'],
    ["xpath('//m:dish[1]/text()')", 'Soup'],
    ["xpath('//m:dish/@price')", '34.5'],
    ["xpath('//m:empty')", '<empty xmlns="urn:menu"/>'],
    ["xpath('//m:none')", ''],
    ["xpath('count(//m:dish)')", '2.0'],
    ["xpath('count(//m:dish)') + 1", '3.0'],
    ["xpath('boolean(//m:dish)') ? 1 : 2", '1'],
    ["toUpper(xpath('//m:dish[1]'))", 'SOUP'],
    ["'Dish: ' + xpath('//m:dish[1]')", 'Dish: Soup'],
    ["xpath('//m:dish[1]') == 'Soup'", 'true'],
    ["isString(xpath('//m:dish[1]'))", 'true'],
    ["xpath('//m:dish[' + string(1 + 1) + ']')", 'Pie'],
    ['xpath(vars.path)', 'Soup'],
    ["xpath('$ctx:size')", '5'],
    ["xpath('/m:shelf/m:book/@id', 'shelf')", ''],
    ["xpath('//m:book/@id', 'shelf')", '9'],
    ["xpath('/m:book/@id', vars.name)", '9'],
  ])('%s is %s', (expression, expected) => {
    const ctx = withXml(MENU)
    ctx.properties.set('default', 'size', 5)
    ctx.variables.set('path', '//m:dish[1]')
    ctx.variables.set('name', 'shelf')
    ctx.variables.set('shelf', parseXml('<shelf xmlns="urn:menu"><book id="9"/></shelf>').root)
    expect(ask(expression, ctx)).toBe(expected)
    expect(ctx.lines).toEqual([])
  })

  test('gives the nodes of the message', () => {
    const ctx = withXml(MENU)
    const dishes = compile("xpath('//m:dish')").nodes(ctx)
    expect(dishes).toHaveLength(2)
    expect(compile("xpath('//m:dish')").evaluate(ctx)).toEqual(dishes)
  })

  test('fails where the variable holds no XML, and for an XPath from a message that is none', () => {
    const ctx = withXml(MENU)
    ctx.variables.set('shelf', 'text')
    expect(reasonOf("xpath('//m:book', 'shelf')", ctx)).toBe('the value is no node-set')
    const other = withXml(MENU)
    other.variables.set('path', '//[')
    expect(reasonOf('xpath(vars.path)', other)).toBe('xpath(): the expression is no XPath')
  })
})

describe('registry()', () => {
  const resource = { key: '', file: '', mediaType: undefined, properties: new Map([['owner', 'Ann']]) }
  const context = (): TestContext => {
    const services = testServices()
    const deployment = createDeployment({
      services,
      resources: { 'conf:greeting.txt': 'Hello', 'gov:person.json': '{"name":{"first":"Eve"}}' },
    })
    return createContext({
      services,
      deployment: Object.assign(deployment, {
        resource: ((known) => (key: string) =>
          key === 'gov:owned' ? { ...resource, bytes: Buffer.from('mine') } : known.call(deployment, key))(
          deployment.resource.bind(deployment),
        ),
      }),
    })
  }

  test.each([
    ["registry('conf:greeting.txt')", 'Hello'],
    ["registry('conf:greeting.txt') + '!'", 'Hello!'],
    ["registry('conf:' + 'greeting.txt')", 'Hello'],
    ["registry('gov:person.json').name.first", 'Eve'],
    ["registry('gov:person.json')['name']", '{"first":"Eve"}'],
    ["registry('gov:owned', 'owner')", 'Ann'],
    ["registry('gov:owned').property('owner')", 'Ann'],
  ])('%s is %s', (expression, expected) => {
    expect(ask(expression, context())).toBe(expected)
  })

  test.each([
    ["registry('gov:none')", 'registry(): there is no resource "gov:none"'],
    ["registry('gov:owned', 'none')", 'registry(): "gov:owned" has no property "none"'],
    ["registry('conf:greeting.txt').name", 'a path needs JSON, not text'],
  ])('%s fails', (expression, reason) => {
    expect(reasonOf(expression, context())).toBe(reason)
  })
})
