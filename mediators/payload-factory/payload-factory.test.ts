import { bodyChild, printXml } from 'viaduct'
import {
  compileMediators,
  createContext,
  createDeployment,
  type ContextOptions,
  type TestContext,
} from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { payloadFactory } from './payload-factory.ts'

const SOAP11 = 'http://schemas.xmlsoap.org/soap/envelope/'
const soap = (payload: string, header = ''): ContextOptions => ({
  body: `<s:Envelope xmlns:s="${SOAP11}">${header}<s:Body>${payload}</s:Body></s:Envelope>`,
  headers: { SOAPAction: '"urn:a"' },
})
const json = (body: string): ContextOptions => ({ contentType: 'application/json', body })

async function run(
  xml: string,
  options: ContextOptions = soap('<q><symbol>IBM</symbol></q>'),
  prepare?: (ctx: TestContext) => void,
) {
  const deployment = createDeployment({
    resources: {
      'conf:/quote.xml': '<?xml version="1.0"?>\n<quote>$1</quote>',
      'conf:/quote.json': '{"quote": "$1"}',
      'conf:/pair.txt': '<a>$1</a',
    },
  })
  const { mediator, diagnostics } = compileMediators(xml, { mediators: [payloadFactory], deployment })
  expect(diagnostics).toEqual([])
  const ctx = createContext({ ...options, deployment })
  prepare?.(ctx)
  expect(await mediator(ctx)).toBe('continue')
  return ctx
}

const payload = ({ message }: TestContext): string => {
  const child = bodyChild(message.tree)
  return child === undefined ? '' : printXml(child)
}

const text = ({ message }: TestContext): string => message.bytes?.toString() ?? ''

const xmlFactory = (format: string, args = ''): string =>
  `<payloadFactory media-type="xml"><format>${format}</format><args>${args}</args></payloadFactory>`
const jsonFactory = (format: string, args = '', attributes = ''): string =>
  `<payloadFactory media-type="json" ${attributes}><format>${format}</format><args>${args}</args></payloadFactory>`

describe('payloadFactory of XML', () => {
  test('fills texts and attributes, escaped', async () => {
    const ctx = await run(
      xmlFactory(
        '<m:a xmlns:m="urn:m" id="$2">\n  <m:b>$1, $3</m:b>\n</m:a>',
        `<arg expression="//symbol"/><arg value='"&lt;&amp;'/><arg expression="$ctx:p"/>`,
      ),
      undefined,
      (ctx) => ctx.properties.set('default', 'p', 'a<b & "c"'),
    )
    expect(payload(ctx)).toBe('<m:a xmlns:m="urn:m" id="&quot;&lt;&amp;"><m:b>IBM, a&lt;b &amp; "c"</m:b></m:a>')
  })

  test('keeps the envelope, its header and its type', async () => {
    const ctx = await run(xmlFactory('<a xmlns=""/>'), soap('<q/>', '<s:Header><h:T xmlns:h="urn:h"/></s:Header>'))
    expect(printXml(ctx.message.tree)).toBe(
      `<s:Envelope xmlns:s="${SOAP11}"><s:Header><h:T xmlns:h="urn:h"/></s:Header><s:Body><a/></s:Body></s:Envelope>`,
    )
    expect(ctx.message.mediaType).toBe('text/xml')
    expect(ctx.properties.axis2Values?.get('messageType')).toBeUndefined()
  })

  test('is not parsed again when nothing of the old message has to be kept', async () => {
    const ctx = await run(xmlFactory('<a xmlns="">$1</a>', '<arg expression="//symbol"/>'))
    expect(text(ctx)).toBe(
      `<?xml version='1.0' encoding='UTF-8'?><soapenv:Envelope xmlns:soapenv="${SOAP11}"><soapenv:Body><a>IBM</a></soapenv:Body></soapenv:Envelope>`,
    )
    expect(payload(ctx)).toBe('<a>IBM</a>')
    expect(ctx.message.rest).toBe(false)
  })

  test('writes an element that stays empty as upstream does', async () => {
    const ctx = await run(
      xmlFactory('<a xmlns=""><b x="1">$1</b>$1<c>$1</c></a>', '<arg expression="//none"/>'),
      json('{}'),
    )
    expect(text(ctx)).toBe('<a><b x="1"/><c/></a>')
  })

  test.each(['', '<s:Header/>', '<s:Header>\n</s:Header>', '\n <s:Header a="1"/>\n'])(
    'makes a new envelope when the header of the old one is %j',
    async (header) => {
      const ctx = await run(xmlFactory('<a xmlns="">1</a>'), soap('<q/>', header))
      expect(ctx.message.bytes?.toString()).toContain('<soapenv:Body><a>1</a></soapenv:Body>')
    },
  )

  test.each(['<s:Header><h/></s:Header>', '<s:Header>text</s:Header>', '<!-- note -->'])(
    'keeps the old envelope when its header is %j',
    async (header) => {
      const ctx = await run(xmlFactory('<a xmlns="">1</a>'), soap('<q/>', header))
      expect(ctx.message.bytes).toBeUndefined()
      expect(printXml(ctx.message.tree)).toContain(`${header}<s:Body><a>1</a></s:Body>`)
    },
  )

  test('inserts values that are XML as they are, in the default namespace of the place', async () => {
    const ctx = await run(xmlFactory('<a xmlns="urn:a"><b>$1</b></a>', '<arg expression="//q"/>'))
    expect(payload(ctx)).toBe('<a xmlns="urn:a"><b><q><symbol>IBM</symbol></q></b></a>')
    expect(bodyChild(ctx.message.tree)?.children[0]).toMatchObject({ namespace: 'urn:a' })
  })

  test('never lets a value become markup that is not well-formed, nor leave an attribute', async () => {
    const evil = (value: string) => (ctx: TestContext) => ctx.properties.set('default', 'p', value)
    const format = xmlFactory('<a xmlns="" x="$1">$1</a>', '<arg expression="$ctx:p"/>')
    expect(payload(await run(format, undefined, evil('</a><b>')))).toBe('<a x="&lt;/a>&lt;b>">&lt;/a&gt;&lt;b&gt;</a>')
    expect(payload(await run(format, undefined, evil('" y="1')))).toBe('<a x="&quot; y=&quot;1">" y="1</a>')
    expect(payload(await run(format, undefined, evil('<x/>')))).toBe('<a x="&lt;x/>"><x/></a>')
  })

  test('keeps values literal on request, and inside CDATA', async () => {
    const args = '<arg expression="//q" literal="true"/>'
    expect(payload(await run(xmlFactory('<a xmlns="">$1</a>', args)))).toBe(
      '<a>&lt;q&gt;&lt;symbol&gt;IBM&lt;/symbol&gt;&lt;/q&gt;</a>',
    )
    expect(payload(await run(xmlFactory('<a xmlns=""><![CDATA[$1]]></a>', '<arg expression="//q"/>')))).toContain(
      '<a>&lt;q&gt;',
    )
  })

  test('turns JSON of a JSONPath into elements, but not JSON text of an XPath', async () => {
    const body = json('{"o":{"x":1,"y":[2,3]},"s":"a"}')
    const fromPath = await run(
      xmlFactory(
        '<a xmlns="">$1|$2</a>',
        '<arg evaluator="json" expression="$.o"/><arg evaluator="json" expression="json-eval($.s)"/>',
      ),
      body,
    )
    expect(payload(fromPath)).toBe('<a><x>1</x><y>2</y><y>3</y>|a</a>')
    const fromProperty = await run(xmlFactory('<a xmlns="">$1</a>', '<arg expression="$ctx:p"/>'), body, (ctx) =>
      ctx.properties.set('default', 'p', '{"test": "$ & \\"q\\""}'),
    )
    expect(payload(fromProperty)).toBe('<a>{"test": "$ &amp; \\"q\\""}</a>')
  })

  test('labels what was no XML as application/xml', async () => {
    const ctx = await run(xmlFactory('<a xmlns="">1</a>'), json('{}'))
    expect(ctx.properties.get('axis2', 'messageType')).toBe('application/xml')
    expect(ctx.message.headers.get('content-type')).toBe('application/xml')
    expect(text(ctx)).toBe('<a>1</a>')
    expect(payload(ctx)).toBe('<a>1</a>')
  })

  test('gives a message without a body one', async () => {
    const ctx = await run(xmlFactory('<a xmlns="">1</a>'), { method: 'GET' }, (ctx) =>
      ctx.properties.set('axis2', 'NO_ENTITY_BODY', true),
    )
    expect(payload(ctx)).toBe('<a>1</a>')
    expect(ctx.properties.get('axis2', 'NO_ENTITY_BODY')).toBeUndefined()
  })

  test('replaces the whole envelope when the format is one', async () => {
    const format = `<s:Envelope xmlns:s="${SOAP11}"><s:Header><h:H xmlns:h="urn:h"/></s:Header><s:Body><a xmlns="">$1</a></s:Body></s:Envelope>`
    const ctx = await run(
      xmlFactory(format, '<arg expression="//symbol"/>'),
      soap('<q><symbol>IBM</symbol></q>', '<s:Header><old/></s:Header>'),
    )
    expect(printXml(ctx.message.tree)).toBe(format.replace('$1', 'IBM').replace(' xmlns=""', ''))
  })

  test('evaluates ${…} in the format', async () => {
    const ctx = await run(
      xmlFactory('<a xmlns="" k="${payload.n}">${payload.o}${payload.s}</a>'),
      json('{"n":1,"o":{"x":1},"s":"a<b"}'),
    )
    expect(payload(ctx)).toBe('<a k="1"><x>1</x>a&lt;b</a>')
  })

  test('takes a format that is text as XML when it is XML with its values in it', async () => {
    expect(payload(await run(xmlFactory('<![CDATA[<a>$1</a>]]>', '<arg value="1"/>')))).toBe('<a>1</a>')
    expect(payload(await run(xmlFactory('$1', '<arg expression="//q"/>')))).toBe('<q><symbol>IBM</symbol></q>')
    const { mediator } = compileMediators(xmlFactory('$1', '<arg value="no element"/>'), {
      mediators: [payloadFactory],
    })
    await expect(async () => mediator(createContext())).rejects.toMatchObject({
      code: 0,
      message: 'the payload that the format makes holds no XML element',
    })
  })

  test('leaves a $ with a number that has no argument', async () => {
    expect(payload(await run(xmlFactory('<a xmlns="">$1 costs $5</a>', '<arg value="x"/>')))).toBe('<a>x costs $5</a>')
  })
})

describe('payloadFactory of JSON', () => {
  test('escapes strings and inserts JSON as it is', async () => {
    const body = json('{"s":"a\\"b\\n","n":null,"a":[1,2.50],"t":true}')
    const args = ['s', 'n', 'a', 't'].map((name) => `<arg evaluator="json" expression="$.${name}"/>`).join('')
    const ctx = await run(jsonFactory('\n {"s": "$1", "n": $2, "a": $3, "t": $4}\n', args), body)
    expect(text(ctx)).toBe('{"s": "a\\"b\\n", "n": null, "a": [1,2.50], "t": true}')
    expect(ctx.message.isJson).toBe(true)
    expect(ctx.properties.get('axis2', 'messageType')).toBe('application/json')
  })

  test('turns XML of an XPath into a JSON object', async () => {
    expect(
      text(await run(jsonFactory('{"o": $1, "s": "$2"}', '<arg expression="//q"/><arg expression="//symbol"/>'))),
    ).toBe('{"o": {"q":{"symbol":"IBM"}}, "s": "IBM"}')
  })

  test('escapes JSON text only when it is taken literally', async () => {
    const set = (ctx: TestContext) => ctx.properties.set('default', 'p', '{"a":"b"}')
    expect(text(await run(jsonFactory('{"p": $1}', '<arg expression="$ctx:p"/>'), json('{}'), set))).toBe(
      '{"p": {"a":"b"}}',
    )
    expect(
      text(await run(jsonFactory('{"p": "$1"}', '<arg expression="$ctx:p" literal="true"/>'), json('{}'), set)),
    ).toBe('{"p": "{\\"a\\":\\"b\\"}"}')
  })

  test('escapes a literal as XML, whatever is made of it (COMPAT payload-value-escaped)', async () => {
    expect(text(await run(jsonFactory('{"p": "$1"}', '<arg value="a &amp; b"/>')))).toBe('{"p": "a &amp; b"}')
  })

  test('adds quotes when the property asks for them', async () => {
    const ctx = await run(
      jsonFactory('{"a": $1, "b": $2}', '<arg expression="//symbol"/><arg expression="\'12\'"/>'),
      undefined,
      (ctx) => ctx.properties.set('default', 'QUOTE_STRING_IN_PAYLOAD_FACTORY_JSON', 'true'),
    )
    expect(text(ctx)).toBe('{"a": "IBM", "b": 12}')
  })

  test('evaluates ${…}: raw outside of quotes, as text inside', async () => {
    const ctx = await run(
      jsonFactory('{"n": ${payload.n}, "o": ${payload.o}, "t": "${payload.o}", "s": "${payload.s}"}'),
      json('{"n":1,"o":{"x":"y"},"s":"a\\nb"}'),
    )
    expect(text(ctx)).toBe('{"n": 1, "o": {"x":"y"}, "t": "{\\"x\\":\\"y\\"}", "s": "a\\nb"}')
  })

  test('escapes XML characters of JSON values on request', async () => {
    const args = '<arg evaluator="json" expression="$.o"/>'
    expect(text(await run(jsonFactory('$1', args, 'escapeXmlChars="true"'), json('{"o":{"a":"<b>"}}')))).toBe(
      '{"a":"&lt;b&gt;"}',
    )
  })
})

describe('payloadFactory of text', () => {
  test('inserts values as they are', async () => {
    const ctx = await run(
      '<payloadFactory media-type="text"><format>Symbol: $1</format><args><arg expression="//q"/></args></payloadFactory>',
    )
    expect(text(ctx)).toBe('Symbol: <q><symbol>IBM</symbol></q>')
    expect(ctx.properties.get('axis2', 'messageType')).toBe('text/plain')
    expect(payload(ctx)).toBe(
      '<text xmlns="http://ws.apache.org/commons/ns/payload">Symbol: &lt;q&gt;&lt;symbol&gt;IBM&lt;/symbol&gt;&lt;/q&gt;</text>',
    )
  })
})

describe('payloadFactory with a stored format', () => {
  test('reads it from the registry', async () => {
    expect(
      payload(
        await run(
          '<payloadFactory><format key="conf:/quote.xml"/><args><arg expression="//symbol"/></args></payloadFactory>',
        ),
      ),
    ).toBe('<quote>IBM</quote>')
    expect(
      text(
        await run(
          '<payloadFactory media-type="json"><format key="conf:/quote.json"/><args><arg expression="//symbol"/></args></payloadFactory>',
        ),
      ),
    ).toBe('{"quote": "IBM"}')
  })

  test('reads the one that the message names', async () => {
    const xml = `<payloadFactory><format key="{get-property('f')}"/><args><arg expression="//symbol"/></args></payloadFactory>`
    expect(payload(await run(xml, undefined, (ctx) => ctx.properties.set('default', 'f', 'conf:/quote.xml')))).toBe(
      '<quote>IBM</quote>',
    )
    const { mediator } = compileMediators(xml, { mediators: [payloadFactory] })
    await expect(async () => mediator(createContext(soap('<q/>')))).rejects.toMatchObject({
      code: 0,
      message: 'there is no format ""',
    })
  })

  test('is a fault when the stored format is broken', async () => {
    await expect(
      run('<payloadFactory><format key="conf:/pair.txt"/><args><arg value="1"/></args></payloadFactory>'),
    ).rejects.toMatchObject({
      code: 0,
      message: 'the payload that the format makes is not well-formed XML',
    })
  })
})

test('payloadFactory reports what is wrong', () => {
  const { diagnostics } = compileMediators(
    `<payloadFactory/>
<payloadFactory><format><a/></format><args><arg/></args></payloadFactory>
<payloadFactory template-type="freemarker"><format>a</format></payloadFactory>
<payloadFactory media-type="yaml"><format>a</format></payloadFactory>
<payloadFactory><format key="conf:/none"/></payloadFactory>
<payloadFactory><format><a/></format><args><arg expression="//a["/></args></payloadFactory>
<payloadFactory><format><a xmlns="">\${1 +}</a></format></payloadFactory>`,
    { mediators: [payloadFactory] },
  )
  expect(
    diagnostics.map((line) => line.replace(/(expression-invalid: (?:expression="\/\/a\["|<format>)):.*/, '$1')),
  ).toEqual([
    'test.xml:1:1 error element-missing: <payloadFactory> needs a <format>',
    'test.xml:2:44 error constraint-violated: <arg> needs a value or an expression',
    'test.xml:3:1 error element-unsupported: template-type="freemarker" is not supported: write the format with $1 and ${…}',
    'test.xml:4:29 error attribute-invalid: media-type="yaml": expected one of xml, json, text',
    'test.xml:5:1 error resource-unreadable: key="conf:/none": there is no such resource or local entry',
    'test.xml:6:61 error expression-invalid: expression="//a["',
    'test.xml:7:17 error expression-invalid: <format>',
  ])
})
