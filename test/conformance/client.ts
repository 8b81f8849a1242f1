import { request } from 'node:http'
import type { Step } from './cases.ts'
import type { Answer } from './checks.ts'

/** Sends the request of a step exactly as written and waits for the whole answer. */
export function send(step: Step['request'], port: number, patience = 15_000): Promise<Answer> {
  return new Promise((resolve) => {
    const failed = (error: string) => resolve({ status: undefined, headers: {}, body: '', error })
    const body = step.body === undefined ? undefined : Buffer.from(step.body)
    const length = body === undefined ? {} : { 'Content-Length': String(body.length) }
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        method: step.method,
        path: step.path,
        headers: { ...length, ...step.headers },
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', (error) => failed(`the answer was cut: ${error.message}`))
        response.on('end', () => {
          clearTimeout(timer)
          const headers = Object.fromEntries(
            Object.entries(response.headersDistinct).map(([name, values]) => [name, values?.join(', ') ?? '']),
          )
          resolve({
            status: response.statusCode,
            headers,
            body: decode(Buffer.concat(chunks), headers['content-type']),
          })
        })
      },
    )
    const timer = setTimeout(() => {
      failed(`no answer within ${patience} ms`)
      outgoing.destroy()
    }, patience)
    outgoing.on('error', (error) => {
      clearTimeout(timer)
      failed(error.message)
    })
    outgoing.end(body)
  })
}

function decode(bytes: Buffer, contentType = ''): string {
  const charset = /charset="?([^";\s]+)/i.exec(contentType)?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    return bytes.toString()
  }
}
