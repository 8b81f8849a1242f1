import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { parseExchange, printCurl, type Request } from './exchange-file.ts'

const SOAP = `### Ask
POST /services/Quote?a=1
Content-Type: text/xml
SOAPAction: "urn:getQuote"

<a>
  it's
</a>
--- 500
Content-Type: text/xml

<b/>
! <c/>

--- log
route = b
--- back end 9001
POST /b

### It goes
STOP 9001

### Look
GET http://localhost:8085/

--- 404
`

const request = (more: Partial<Request> = {}): Request => ({
  method: 'GET',
  target: '/a',
  headers: [],
  body: '',
  ...more,
})

test('an exchange file is read into its steps', () => {
  expect(parseExchange(SOAP.replaceAll('\n', '\r\n'))).toEqual([
    {
      kind: 'request',
      title: 'Ask',
      request: {
        method: 'POST',
        target: '/services/Quote?a=1',
        headers: [
          ['Content-Type', 'text/xml'],
          ['SOAPAction', '"urn:getQuote"'],
        ],
        body: "<a>\n  it's\n</a>",
      },
      expected: {
        status: 500,
        headers: [['Content-Type', 'text/xml']],
        body: ['<b/>', '! <c/>'],
        log: ['route = b'],
        backends: new Map([[9001, ['POST /b']]]),
      },
    },
    { kind: 'stop', title: 'It goes', port: 9001 },
    {
      kind: 'request',
      title: 'Look',
      request: request({ target: 'http://localhost:8085/' }),
      expected: { status: 404, headers: [], body: [], log: [], backends: new Map() },
    },
  ])
})

test('the lines of a multipart body end as MIME wants it', () => {
  const [step] = parseExchange(
    '### a\nPOST /\nContent-Type: multipart/related; boundary=b\n\n--b\n\nx\n--b--\n--- 200\n',
  )
  expect(step?.kind === 'request' && step.request.body).toBe('--b\r\n\r\nx\r\n--b--\r\n')
})

test.each([
  ['### a\nGET /\n\n--- body\n', '"--- body" in the step "a": expected a status, log, or back end <port>'],
  ['### a\nGET /\n', 'the step "a" has no answer'],
])('%j is no exchange', (text, reason) => {
  expect(() => parseExchange(text)).toThrow(reason)
})

/** What a shell makes of the words after `curl`. */
const words = (command: string): string[] =>
  spawnSync('sh', ['-c', command.replace(/^curl/, "printf '%s\\n'")], { encoding: 'utf8' })
    .stdout.trimEnd()
    .split('\n')

test('a request becomes a command that a shell understands', () => {
  const body = `<a b="$HOME">it's \`x\`</a>`
  const post = request({ method: 'POST', headers: [['SOAPAction', '"urn:a b"']], body, target: '/q?a=1&b=2' })
  expect(words(printCurl(post, 'http://localhost:8280'))).toEqual([
    '-i',
    '-H',
    'SOAPAction: "urn:a b"',
    '--data-binary',
    body,
    'http://localhost:8280/q?a=1&b=2',
  ])
})

test('method, scheme and certificate are told only where curl does not know them', () => {
  expect(printCurl(request(), 'http://localhost:8280')).toBe('curl -i http://localhost:8280/a')
  expect(printCurl(request({ method: 'DELETE' }), 'http://h')).toBe('curl -i -X DELETE http://h/a')
  expect(printCurl(request({ target: 'https://h/a' }), 'http://h')).toBe('curl -i -k https://h/a')
})
