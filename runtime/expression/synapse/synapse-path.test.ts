import { JsonNumber, Message, parseJson, parseXml, XmlElement } from 'viaduct'
import { createContext, testServices, type TestContext } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { ask, compile, ORDER, reasonOf, withJson, withXml } from './testing/ask.ts'

describe('the payload', () => {
  test.each([
    ['payload.customer', 'Ann'],
    ['$.customer', 'Ann'],
    ['payload["customer"]', 'Ann'],
    ["payload['@odd key']", 'odd'],
    ['payload.["customer"]', 'Ann'],
    ['payload.payload.vars', 'deep'],
    ['payload.items[1].sku', 'b2'],
    ['payload.items[-1].sku', 'c3'],
    ['payload.items[payload.at].sku', 'b2'],
    ['payload.items[payload.at + 1].sku', 'c3'],
    ['payload[$.kind == "book" ? "customer" : "id"]', 'Ann'],
    ['payload.items[0,2].sku', '["a1","c3"]'],
    ['payload.items[0,payload.at].sku', '["a1","b2"]'],
    ['payload.numbers[1:]', '[1,2]'],
    ['payload.numbers[:2]', '[3,1]'],
    ['payload.numbers[payload.at:3]', '[1,2]'],
    ['payload.numbers[-payload.at:]', '[2]'],
    ['payload.numbers[0:3:2]', '[3,2]'],
    ['payload.items[*].sku', '["a1","b2","c3"]'],
    ['payload..price', '[8.5,12,22.25]'],
    ['payload..items[?(@.price > 10)].sku', '["b2","c3"]'],
    ['payload.items[?(@.kind == "book")].sku', '["a1","c3"]'],
    ['payload.items[?(@.kind == payload.kind && @.price < 10)].sku', '["a1"]'],
    ['payload.items[?(@.price > $.limit)].sku', '["b2","c3"]'],
    ['payload.items[?(@.price > integer("10"))].sku', '["b2","c3"]'],
    ['payload.items[?(@.sku =~ /[ab]\\d/)].sku', '["a1","b2"]'],
    ['payload.items[?(@.tags)].sku', '["a1"]'],
    ["payload.items[?(@.sku in ['a1', 'c3'])].sku", '["a1","c3"]'],
    ['payload.items.length()', '3'],
    ['payload.items.size()', '3'],
    ['payload.numbers.min()', '1.0'],
    ['payload.numbers.max()', '3.0'],
    ['payload.numbers.avg()', '2.0'],
    ['payload.numbers.sum()', '6.0'],
    ['round(payload.numbers.stddev(), 2)', '0.82'],
    ['payload.payload.keys()', '["vars"]'],
    ['payload.numbers.first()', '3'],
    ['payload.numbers.last()', '2'],
    ['payload.items[0]', '{"sku":"a1","price":8.5,"kind":"book","tags":["new","red"]}'],
    ['payload.note', ''],
  ])('%s is %s', (expression, expected) => {
    const ctx = withJson()
    expect(ask(expression, ctx)).toBe(expected)
    expect(ctx.lines).toEqual([])
  })

  test('alone is the whole JSON', () => {
    expect(ask('payload', withJson([1, 'two']))).toBe('[1,"two"]')
    expect(ask('$', withJson('text'))).toBe('text')
  })

  test('numbers keep the text they came with', () => {
    const ctx = createContext({
      contentType: 'application/json',
      body: Buffer.from('{"a":1.10,"b":12345678901234567890}'),
    })
    expect(ask('payload.a', ctx)).toBe('1.10')
    expect(ask('payload.b', ctx)).toBe('12345678901234567890')
  })

  test('texts in a filter or an index stay texts, whatever is in them', () => {
    const order = {
      wanted: `x' || @.secret == "y"] \\`,
      'a"b': 1,
      key: 'a"b',
      list: [{ name: `x' || @.secret == "y"] \\` }, { name: 'z', secret: 'y' }],
    }
    expect(ask('payload.list[?(@.name == payload.wanted)].length()', withJson(order))).toBe('1')
    expect(ask('payload[payload.key]', withJson(order))).toBe('1')
  })

  test('evaluates to JSON of its own', () => {
    const ctx = withJson()
    const items = compile('payload.items').evaluate(ctx)
    expect(items).toEqual(parseJson(JSON.stringify(ORDER.items)))
    ;(items as unknown[]).pop()
    expect(ask('length(payload.items)', ctx)).toBe('3')
  })

  test('of an XML message, alone is the Body element [COMPAT payload-is-body]', () => {
    const ctx = withXml('<order><id>7</id></order>')
    expect(ask('payload', ctx)).toMatch(/^<soapenv:Body[^>]*><order><id>7<\/id><\/order><\/soapenv:Body>$/)
    expect(compile('$').nodes(ctx)).toEqual([expect.objectContaining({ name: 'Body' })])
    expect(compile('$').evaluate(ctx)).toEqual([expect.any(XmlElement)])
  })

  test('of an XML message, paths run on the JSON view', () => {
    expect(ask('payload.order.id', withXml('<order><id>7</id></order>'))).toBe('7')
  })

  test('of a message that became JSON is the JSON', () => {
    const ctx = withXml('<order/>')
    ctx.message.setJson(new Map([['a', 1]]))
    ctx.properties.set('axis2', 'messageType', 'application/json')
    expect(ask('payload', ctx)).toBe('{"a":1}')
  })

  test('that is not there is a failure', () => {
    const ctx = createContext()
    ctx.message = Message.empty()
    expect(reasonOf('payload.a', ctx)).toBe('there is no payload')
  })
})

describe('variables', () => {
  const set = (values: Readonly<Record<string, unknown>>): TestContext => {
    const ctx = withJson()
    for (const [name, value] of Object.entries(values)) ctx.variables.set(name, value)
    return ctx
  }

  test.each([
    ['vars.name', 'Ann', 'Ann'],
    ['vars["first-name"]', 'Ann', 'Ann'],
    ["vars.['first-name']", 'Ann', 'Ann'],
    ['vars."first-name"', 'Ann', 'Ann'],
    ['vars.name', 5, '5'],
    ['vars.name', new JsonNumber('5.0'), '5.0'],
    ['vars.name', 7n, '7'],
    ['vars.name', true, 'true'],
    ['vars.name', '', ''],
    ['vars.name', parseJson('{"a":[1]}'), '{"a":[1]}'],
    ['vars.name.a[0]', parseJson('{"a":[1]}'), '1'],
    ['vars.name[1]', '["x","y"]', 'y'],
    ['vars["first-name"]["a"].b', '{"a":{"b":2}}', '2'],
    ['vars.name.list[?(@.price > payload.limit)].id', '{"list":[{"id":1,"price":5},{"id":2,"price":15}]}', '[2]'],
    ['vars.name.user.roles[0]', { user: { roles: ['admin'] } }, 'admin'],
    ['vars.name[0].id', [{ id: 4 }], '4'],
    ['vars.name', parseXml('<fruit>apple</fruit>').root, '<fruit>apple</fruit>'],
    ['vars.name', [parseXml('<a/>').root, parseXml('<b>c</b>').root], '<a/><b>c</b>'],
  ])('%s is read [%#]', (expression, value, expected) => {
    const ctx = set({ name: value, 'first-name': value })
    expect(ask(expression, ctx)).toBe(expected)
    expect(ctx.lines).toEqual([])
  })

  test('keep their XML', () => {
    const fruit = parseXml('<fruit/>').root
    expect(compile('vars.fruit').evaluate(set({ fruit }))).toBe(fruit)
    expect(compile('vars.fruit').nodes(set({ fruit }))).toEqual([fruit])
  })

  test('that are not set are a failure', () => {
    expect(reasonOf('vars.none')).toBe('the variable "none" is not set')
  })

  test('that hold no JSON have no paths', () => {
    expect(reasonOf('vars.fruit.name', set({ fruit: parseXml('<fruit/>').root }))).toBe('a path needs JSON, not XML')
    expect(reasonOf('vars.text.name', set({ text: 'Ann' }))).toBe('a path needs JSON, not text')
    expect(reasonOf('vars.number[0]', set({ number: 3 }))).toBe('the path $[0] leads nowhere')
  })

  test('go by the names of early milestones too [COMPAT expression-early-names]', () => {
    const services = testServices({ settings: { properties: { stage: 'test' } } })
    const ctx = createContext({ services, route: { property: (name) => (name === 'uri.var.id' ? 'x' : undefined) } })
    ctx.variables.set('name', 'Ann')
    expect(ask('var.name', ctx)).toBe('Ann')
    expect(ask('config.stage', ctx)).toBe('test')
    expect(ask('params.uriParams.id', ctx)).toBe('x')
  })
})

describe('a failure', () => {
  test('is logged under the correlation id, and evaluates to an empty text', () => {
    const services = testServices()
    const ctx = withJson(ORDER, { services })
    expect(compile('payload.none').evaluate(ctx)).toBe('')
    expect(compile('vars.none').boolean(ctx)).toBe(false)
    expect(compile('vars.none').nodes(ctx)).toEqual([])
    const { log } = services
    expect(log).toHaveProperty('entries.length', 3)
    expect(log).toHaveProperty('entries.0', {
      level: 'WARN',
      category: 'expression',
      text: '${payload.none}: the path $.none leads nowhere; the result is empty',
      fields: { correlation_id: ctx.exchange.correlationId },
    })
  })

  test('does not hide a body that cannot be read', () => {
    const ctx = createContext({ contentType: 'application/json', body: Buffer.from('{"a":') })
    expect(() => compile('payload.a').string(ctx)).toThrow(expect.objectContaining({ code: 601000 }))
  })

  test('null is an empty text too, without a warning', () => {
    const ctx = withJson()
    expect(compile('payload.note').evaluate(ctx)).toBe('')
    expect(ctx.lines).toEqual([])
  })
})

describe('as a condition', () => {
  test.each([
    ['payload.id == 7', true],
    ['payload.id == 8', false],
    ['"TRUE"', true],
    ['"yes"', false],
    ['payload.paid', false],
  ])('%s is %s', (expression, expected) => {
    expect(compile(expression).boolean(withJson())).toBe(expected)
  })
})

describe('needs the body to be built', () => {
  test.each([
    ['payload', true],
    ['$.a', true],
    ['length(payload.a) + 1', true],
    ['vars.list[?(@.a == payload.b)]', true],
    ['vars.list[payload.at]', true],
    ['[payload.a]', true],
    ["xpath('//a')", true],
    ['xpath(vars.path)', true],
    ["xpath('$ctx:a')", false],
    ["xpath('//a', 'doc')", false],
    ['vars.payload.payload', false],
    ['vars["payload"]', false],
    ['vars.list[?(@.a == "payload.b")]', false],
    ['headers.payload', false],
    ["'payload.a'", false],
    ['now()', false],
  ])('%s: %s', (expression, expected) => {
    expect(compile(expression).contentAware).toBe(expected)
  })
})
