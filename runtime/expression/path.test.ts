import { type DynamicValue, parseJson, parseXml } from 'viaduct'
import {
  createContext,
  createDeployment,
  type ContextOptions,
  type TestContext,
  TestPlatform,
  testServices,
} from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { compile, read, SOAP } from './testing/read.ts'

const MENU = `<soapenv:Envelope xmlns:soapenv="${SOAP}"><soapenv:Header><m:token xmlns:m="urn:menu">t1</m:token></soapenv:Header><soapenv:Body><menu xmlns="urn:menu"><dish id="1">Soup</dish><dish id="2"><name>Pie</name></dish><dish id="3"> </dish><empty/></menu></soapenv:Body></soapenv:Envelope>`

const soap = (options: ContextOptions = {}): TestContext =>
  createContext({ contentType: 'text/xml', body: MENU, headers: { SOAPAction: '"urn:get"' }, ...options })

const json = (body: string): TestContext => createContext({ contentType: 'application/json', body })

const ask = (text: string, ctx = soap()): string => compile(text).string(ctx)

describe('variables of XPath', () => {
  test('$body, $header and $env are the parts of the envelope', () => {
    const ctx = soap()
    const names = (text: string) =>
      compile(text)
        .nodes(ctx)
        .map((node) => ('name' in node ? node.name : node.type))
    expect(names('$body')).toEqual(['Body'])
    expect(names('$header')).toEqual(['Header'])
    expect(names('$env')).toEqual(['Envelope'])
    expect(ask('$body/m:menu/m:dish[1]')).toBe('Soup')
    expect(ask('$header/m:token')).toBe('t1')
    expect(ask('$env/soapenv:Body//m:name')).toBe('Pie')
  })

  test('the context node is the envelope', () => {
    expect(ask('soapenv:Body/m:menu/m:dish[1]')).toBe('Soup')
    expect(ask('/soapenv:Envelope/soapenv:Header/m:token')).toBe('t1')
    expect(ask('local-name()')).toBe('Envelope')
  })

  test('the default namespace of the configuration never applies', () => {
    expect(ask('//dish')).toBe('')
  })

  test('prefixes name the scopes of properties', () => {
    const ctx = soap({
      services: testServices({ system: new Map([['line.separator', '/n']]) }),
      headers: { 'X-Id': '5' },
    })
    ctx.properties.set('default', 'p', 'default')
    ctx.properties.set('axis2', 'p', 'axis2')
    ctx.properties.set('operation', 'p', 'operation')
    ctx.variables.set('p', 'variable')
    ctx.frame = { template: 't', parameters: new Map([['p', 'parameter']]), outer: undefined }
    const all = [
      '$ctx:p',
      '$axis2:p',
      '$operation:p',
      '$var:p',
      '$func:p',
      '$trp:X-Id',
      '$trp:x-id',
      '$sys:line.separator',
    ]
    expect(all.map((text) => ask(text, ctx))).toEqual([
      'default',
      'axis2',
      'operation',
      'variable',
      'parameter',
      '5',
      '5',
      '/n',
    ])
  })

  test('what is not there is an empty text', () => {
    for (const text of [
      '$ctx:none',
      '$axis2:none',
      '$operation:none',
      '$var:none',
      '$func:none',
      '$trp:none',
      '$sys:none',
    ])
      expect(ask(text)).toBe('')
  })

  test('a property can be an object: XML has paths, a number is printed as it is', () => {
    const ctx = soap()
    ctx.properties.set('default', 'doc', parseXml('<a><b>1</b></a>').root)
    ctx.properties.set('default', 'size', 5)
    expect(ask('$ctx:doc/b', ctx)).toBe('1')
    expect(ask('$ctx:doc//b + 1', ctx)).toBe('2.0')
    expect(ask('$ctx:size', ctx)).toBe('5')
    expect(compile('$ctx:doc').evaluate(ctx)).toBe(ctx.properties.get('default', 'doc'))
  })

  test('$url:name is a decoded query parameter of To, its name in any case', () => {
    const ctx = soap()
    ctx.addressing.to = 'http://example.org/a?Id=x%20y&id=second&plus=a+b'
    expect(ask('$url:id', ctx)).toBe('x y')
    expect(ask('$url:plus', ctx)).toBe('a b')
    expect(ask('$url:none', ctx)).toBe('')
    ctx.addressing.to = 'http://example.org/a'
    expect(ask('$url:id', ctx)).toBe('')
  })

  test('a prefix that names no scope names a property that holds a map', () => {
    const ctx = soap()
    ctx.properties.set('default', 'claims', parseJson('{"user":"Ann","__proto__":"x"}'))
    ctx.properties.set('default', 'plain', { user: 'Eve' })
    expect(ask('$claims:user', ctx)).toBe('Ann')
    expect(ask('$plain:user', ctx)).toBe('Eve')
    expect(ask('$plain:constructor', ctx)).toBe('')
    expect(ask('$none:user', ctx)).toBe('')
  })

  test('$func:name evaluates a parameter that is an escaped expression', () => {
    const ctx = soap()
    const parameters = new Map([['dish', compile('//m:dish[1]')]])
    ctx.frame = { template: 't', parameters, outer: undefined }
    expect(ask('$func:dish', ctx)).toBe('Soup')
  })

  test('any other name is a mistake', () => {
    expect(read('$payload').problems).toEqual([
      expect.stringMatching(
        /^test\.xml:1:\d+ error expression-invalid: expression="\$payload": there is no variable \$payload \(at character 1\)$/,
      ),
    ])
  })
})

describe('get-property()', () => {
  const context = (): TestContext => {
    const services = testServices({
      environment: (name) => (name === 'HOME' ? '/root' : undefined),
      platform: new TestPlatform(new Date(2026, 1, 3, 4, 5, 6, 7).getTime()),
      settings: { properties: { stage: 'test' } },
      system: new Map([['user.name', 'bus']]),
    })
    const deployment = createDeployment({ services, resources: { 'conf:a.txt': 'text of a' } })
    const ctx = soap({ services, deployment, headers: { SOAPAction: '"urn:get"', 'X-Id': '5' } })
    for (const scope of ['default', 'axis2', 'operation', 'analytics'] as const)
      ctx.properties.set(scope, 'p', `in ${scope}`)
    ctx.frame = { template: 't', parameters: new Map([['p', 'in func']]), outer: undefined }
    return ctx
  }

  test.each([
    ["get-property('p')", 'in default'],
    ["get-property('default', 'p')", 'in default'],
    ["get-property('synapse', 'p')", 'in default'],
    ["get-property('axis2', 'p')", 'in axis2'],
    ["get-property('operation', 'p')", 'in operation'],
    ["get-property('analytics', 'p')", 'in analytics'],
    ["get-property('func', 'p')", 'in func'],
    ["get-property('transport', 'x-ID')", '5'],
    ["get-property('system', 'user.name')", 'bus'],
    ["get-property('env', 'HOME')", '/root'],
    ["get-property('file', 'stage')", 'test'],
    ["get-property('registry', 'conf:a.txt')", 'text of a'],
    ["get-property('registry', 'conf:a.txt@owner')", ''],
    ["get-property('registry', 'conf:none')", ''],
    ["get-property('none')", ''],
    ["get-property('axis2', 'none')", ''],
    ["get-property(concat('', 'p'))", 'in default'],
    ["concat('<', get-property('none'), '>')", '<>'],
    ["get-property('Action')", 'urn:get'],
    ["get-property('ReplyTo')", ''],
    ["get-property('MESSAGE_FORMAT')", 'soap11'],
    ["get-property('OperationName')", 'menu'],
    ["get-property('OperationNamespace')", 'urn:menu'],
    ["get-property('FAULT')", ''],
    ["get-property('SYSTEM_DATE', 'yyyy-MM-dd HH:mm')", '2026-02-03 04:05'],
    ["get-property('default', 'SYSTEM_DATE', 'yyyy')", '2026'],
    ["get-property('SYSTEM_TIME')", String(new Date(2026, 1, 3, 4, 5, 6, 7).getTime())],
    ["fn:concat(get-property('p'), '!')", 'in default!'],
    ["f:concat(get-property('p'), '!')", 'in default!'],
  ])('%s is %s', (text, expected) => {
    expect(ask(text, context())).toBe(expected)
  })

  test('the default scope falls back to a local entry of that name', () => {
    const entry = { key: 'greeting', text: 'Hello', element: undefined, file: 'greeting.xml' }
    const ctx = soap({ deployment: createDeployment({ artifacts: { localEntry: { greeting: entry } } }) })
    expect(ask("get-property('greeting')", ctx)).toBe('Hello')
  })
})

describe('other functions of Synapse', () => {
  test.each([
    ["base64Encode('grüße')", 'Z3LDvMOfZQ=='],
    ["base64Encode('grüße', 'ISO-8859-1')", 'Z3L832U='],
    ["base64Encode('')", ''],
    ["base64Decode('Z3LDvMOfZQ==')", 'grüße'],
    ["base64Decode('Z3L832U=', 'ISO-8859-1')", 'grüße'],
    ["base64Decode('')", ''],
    ['base64Encode(//m:dish[1])', 'U291cA=='],
    ["hmac-generate('message', 'secret')", '0caf649feee4953d87bf903ac1176c45e028df16'],
    [
      "hmac-generate('message', 'secret', 'HmacSHA256')",
      '8b5f48702995c1598c573db1e21866a9b825d4a794d169d7060a03605796360b',
    ],
  ])('%s is %s', (text, expected) => {
    expect(ask(text)).toBe(expected)
  })

  test('url-encode() leaves what a path and a query need [COMPAT url-encode-path]', () => {
    expect(ask("url-encode('a b/c?d=é&e=1')")).toBe('a%20b/c?d=%C3%A9&e=1')
  })

  test.each([
    ["nothing('a')", 'there is no function nothing() with 1 argument (at character 1)'],
    ['base64Encode()', 'there is no function base64Encode() with 0 arguments (at character 1)'],
    ["1 + lower-case('A')", 'lower-case() is a function of XPath 2.0, which is not supported (at character 5)'],
    ['//x:a', 'the prefix "x" is not declared (at character 3)'],
    ['//m:dish[', 'the expression ends early (at character 10)'],
    [' ', 'the expression is empty'],
  ])('%s is a mistake', (text, reason) => {
    const { problems } = read(text)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(`error expression-invalid: expression="${text}": ${reason}`)
  })
})

describe('the string value [COMPAT xpath-string-value]', () => {
  test.each([
    ['//m:dish[1]/text()', 'Soup'],
    ['//m:dish/@id', '123'],
    ['//m:dish[1]', 'Soup'],
    ['//m:dish[2]', '<dish xmlns="urn:menu" id="2"><name>Pie</name></dish>'],
    ['//m:empty', '<empty xmlns="urn:menu"/>'],
    ['//m:dish[3]', '<dish xmlns="urn:menu" id="3"> </dish>'],
    ['//m:dish[1] | //m:empty', '<dish xmlns="urn:menu" id="1">Soup</dish><empty xmlns="urn:menu"/>'],
    ['//m:none', ''],
    ['count(//m:dish)', '3.0'],
    ['1 div 3', '0.3333333333333333'],
    ['12345678', '1.2345678E7'],
    ['1 div 0', 'Infinity'],
    ['true()', 'true'],
    ["'text'", 'text'],
  ])('of %s is %s', (text, expected) => {
    expect(ask(text)).toBe(expected)
    // The same from the tree as from the bytes.
    const ctx = soap()
    expect(ctx.message.tree).toBeDefined()
    expect(ask(text, ctx)).toBe(expected)
  })

  test('of an element is its own text, trimmed', () => {
    const ctx = createContext({ contentType: 'application/xml', body: '<a>\u00A0 x <b>y</b> z\n</a>' })
    expect(ask('//a', ctx)).toBe('x  z')
  })
})

describe('needs the body to be built', () => {
  test.each([
    ['//m:dish', true],
    ['$body', true],
    ['concat($ctx:a, //m:dish)', true],
    ['$ctx:a[. = //m:dish]', true],
    ["get-property('FAULT')", true],
    ["get-property('From')", true],
    ['string()', true],
    ['$ctx:a', false],
    ['$trp:a', false],
    ["concat($axis2:a, get-property('b'))", false],
    ["get-property('registry', 'conf:a')", false],
    ["'//m:dish'", false],
    ['json-eval($.a)', true],
    ['json-eval($ctx:a.b)', false],
    ['${payload.a}', true],
    ['${vars.a}', false],
  ])('%s: %s', (text, expected) => {
    expect(compile(text).contentAware).toBe(expected)
  })

  test('an expression that does not look into the body leaves it alone', () => {
    const ctx = soap()
    expect(ask("concat($ctx:none, get-property('p'))", ctx)).toBe('')
    expect(ctx.message.read).toBe(false)
  })
})

describe('as a condition', () => {
  test.each([
    ['//m:dish', true],
    ['//m:none', false],
    ["//m:dish = 'Soup'", true],
    ['count(//m:dish) > 3', false],
    ["get-property('none')", false],
    ["'false'", true],
  ])('%s is %s', (text, expected) => {
    expect(compile(text).boolean(soap())).toBe(expected)
  })
})

describe('a value', () => {
  const value = (text: string): DynamicValue => {
    const { value: compiled, problems } = read(text)
    expect(problems).toEqual([])
    if (compiled === undefined) throw new Error('nothing was compiled')
    return compiled
  }

  test('in braces is an expression of any kind', () => {
    const ctx = json('{"a":"x"}')
    ctx.properties.set('default', 'p', 'v')
    expect(value('{$ctx:p}').string(ctx)).toBe('v')
    expect(value('{json-eval($.a)}').string(ctx)).toBe('x')
    expect(value('{${payload.a}}').string(ctx)).toBe('x')
    expect(value('{$ctx:p}').literal).toBeUndefined()
    expect(value('{${payload.a}}').contentAware).toBe(true)
  })

  test('in double braces is a literal with one pair, to be evaluated later [COMPAT escaped-expression]', () => {
    const escaped = value('{{$ctx:p}}')
    expect(escaped.literal).toBe('{$ctx:p}')
    expect(escaped.string(soap())).toBe('{$ctx:p}')
    expect(escaped.contentAware).toBe(false)
  })
})
