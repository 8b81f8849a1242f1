import { createHash, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { PeerBus } from './peer-bus.ts'
import { GsoapPeer, isThere, WssPeer, zeep, ZEEP_PYTHON } from './peers.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 })

const QUOTE =
  '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><m:getQuote xmlns:m="http://services.samples"><m:request><m:symbol>IBM</m:symbol></m:request></m:getQuote></soapenv:Body></soapenv:Envelope>'

describe.runIf(isThere('WSS4J', 'mvn', '-version'))('WSS4J', () => {
  let peer: WssPeer
  let bus: PeerBus

  beforeAll(async () => {
    peer = new WssPeer()
    bus = await PeerBus.open(async (keys) => `http://127.0.0.1:${await peer.serve(keys, 'ts,sign,encrypt')}/`)
  })
  afterAll(async () => {
    await bus[Symbol.asyncDispose]()
    peer.remove()
  })

  test.each([
    ['signs, and verifies the answer', 'sign', 'ts,sign', 'signed+timestamp'],
    ['signs and encrypts, and reads the answer', 'encrypt', 'ts,sign,encrypt', 'encrypted+signed+timestamp'],
  ])('%s', async (_title, policy, steps, actions) => {
    const answer = await peer.call(bus.keys, `${bus.url}/services/Quote-${policy}`, steps)
    expect(answer, bus.log).toMatch(new RegExp(`^200 ${actions.replaceAll('+', '\\+')} .*IBM Company`))
  })

  test('sends a password digest', async () => {
    expect(await peer.call(bus.keys, `${bus.url}/services/Quote-digest`, 'ts,ut')).toMatch(/^200 .*IBM Company/)
  })

  test('is refused when it does less than the policy asks', async () => {
    expect(await peer.call(bus.keys, `${bus.url}/services/Quote-encrypt`, 'ts,sign')).toMatch(
      /^500 .*could not be verified/,
    )
    expect(await peer.call(bus.keys, `${bus.url}/services/Quote-sign`, 'ts')).toMatch(/^500 .*could not be verified/)
  })

  test.each([
    ['signed', 'sign', 'ts,sign'],
    ['signed and encrypted', 'encrypt', 'ts,sign,encrypt'],
  ])('uploads by MTOM, %s, and the back end gets an attachment with the same bytes', async (_title, policy, steps) => {
    const bytes = randomBytes(100_000)
    const file = join(bus.keys, 'upload.bin')
    writeFileSync(file, bytes)
    const answer = await peer.call(bus.keys, `${bus.url}/services/Upload-${policy}`, steps, file)
    expect(answer, bus.log).toMatch(/^200 /)
    expect(answer.split(' ').at(-1)).toBe(createHash('sha256').update(bytes).digest('hex'))
  })

  test('serves calls of an endpoint that signs and encrypts', async () => {
    const reply = await fetch(`${bus.url}/services/Peer-encrypt`, {
      method: 'POST',
      headers: { 'Content-Type': 'text/xml', SOAPAction: '"urn:getQuote"' },
      body: QUOTE,
    })
    const text = await reply.text()
    expect(reply.status, bus.log).toBe(200)
    expect(text).toContain('<m:symbol>IBM</m:symbol>')
  })
})

describe.runIf(isThere('zeep', ZEEP_PYTHON, '-c', 'import zeep, xmlsec'))('zeep', () => {
  let bus: PeerBus

  beforeAll(async () => {
    bus = await PeerBus.open()
  })
  afterAll(() => bus[Symbol.asyncDispose]())

  test('signs, and xmlsec verifies the answer', async () => {
    expect(await zeep(bus.keys, `${bus.url}/services/Quote-sign`, 'sign'), bus.log).toMatch(/^200 .*IBM Company/s)
  })

  test('sends a password digest', async () => {
    expect(await zeep(bus.keys, `${bus.url}/services/Quote-digest`, 'digest'), bus.log).toMatch(/^200 .*IBM Company/s)
  })
})

describe.runIf(isThere('gSOAP', 'soapcpp2', '-V'))('gSOAP', () => {
  let peer: GsoapPeer
  let bus: PeerBus

  beforeAll(async () => {
    peer = new GsoapPeer()
    bus = await PeerBus.open()
  })
  afterAll(async () => {
    await bus[Symbol.asyncDispose]()
    peer.remove()
  })

  test('signs, and verifies the answer', async () => {
    expect(await peer.call(bus.keys, `${bus.url}/services/Fixed-sign`, 'sign'), bus.log).toMatch(
      /^200 verified IBM Company/,
    )
  })

  test('sends a password digest', async () => {
    expect(await peer.call(bus.keys, `${bus.url}/services/Fixed-digest`, 'digest'), bus.log).toMatch(
      /^200 .*IBM Company/,
    )
  })
})
