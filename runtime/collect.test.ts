import { PassThrough, Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { collect } from './collect.ts'
import { Fault } from './fault.ts'

test('a stream is read to its end', async () => {
  expect(await collect(Readable.from([Buffer.from('hel'), Buffer.from('lo')]), 10)).toEqual(Buffer.from('hello'))
})

test('more than the limit is refused, and the stream given up', async () => {
  const stream = Readable.from([Buffer.from('hello'), Buffer.from('world')])
  await expect(collect(stream, 7)).rejects.toMatchObject({ code: 601000 })
  expect(stream.destroyed).toBe(true)
})

test('a stream that ends early rejects, with its own fault when it has one', async () => {
  const stream = new PassThrough()
  const reading = collect(stream, 10)
  stream.destroy()
  await expect(reading).rejects.toMatchObject({ code: 101001 })
})

test('a stream that had failed before it was read rejects as well', async () => {
  const stream = new PassThrough()
  stream.on('error', () => {})
  stream.destroy(new Fault(101501, 'the answer stopped'))
  await new Promise((resolve) => stream.on('close', resolve))
  await expect(collect(stream, 10)).rejects.toMatchObject({ code: 101501 })
  const silent = new PassThrough()
  silent.destroy()
  await expect(collect(silent, 10)).rejects.toMatchObject({ code: 101001 })
})
