import { expect, test } from 'vitest'
import type { Listener } from 'viaduct'
import { InboundPorts } from './inbound-ports.ts'

function create() {
  const log: string[] = []
  const ports = new InboundPorts(({ port }) => {
    if (port === 1) return Promise.reject(new Error('in use'))
    log.push(`open ${port}`)
    const listener: Listener = {
      url: `http://127.0.0.1:${port}`,
      [Symbol.asyncDispose]: () => Promise.resolve(void log.push(`close ${port}`)),
    }
    return Promise.resolve(listener)
  })
  return { ports, log, use: (port: number) => ports.use({ inbound: String(port), port, secure: false }) }
}

test('a port that two deployments use is opened once and closed with the last of them', async () => {
  const { use, log } = create()
  const old = await use(8081)
  const next = await use(8081)
  await old()
  expect(log).toEqual(['open 8081'])
  await next()
  expect(log).toEqual(['open 8081', 'close 8081'])
  await (
    await use(8081)
  )()
  expect(log).toHaveLength(4)
})

test('a port that cannot be opened is a failure each time it is asked for', async () => {
  const { use, ports } = create()
  await expect(use(1)).rejects.toThrow('in use')
  await expect(use(1)).rejects.toThrow('in use')
  expect(await ports.urls()).toEqual([])
})
