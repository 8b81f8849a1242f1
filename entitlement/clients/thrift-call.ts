import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { connect, createSecureContext, rootCertificates, type SecureContext, type TLSSocket } from 'node:tls'
import { type BusServices, Fault, type MessageContext, type Settings } from 'viaduct'
import { writeBinary } from '../thrift/binary-protocol.ts'
import { MessageBuffer } from '../thrift/message-buffer.ts'
import { ThriftError, type ThriftMessage } from '../thrift/thrift-value.ts'
import { refused } from './read-decision.ts'

/** Sends one message and waits for the one that answers it. */
export type ThriftCall = (message: ThriftMessage, ctx: MessageContext) => Promise<ThriftMessage>

/** A connection over TLS for each call, closed after it, within `entitlement.timeout` and `entitlement.answerLimit`. */
export function createThriftCall(host: string, port: number, { settings, deadlines }: BusServices): ThriftCall {
  const { timeout, answerLimit } = settings.entitlement
  const address = `${host}:${port}`
  let secureContext: SecureContext | undefined
  return (message, ctx) =>
    new Promise((resolve, reject) => {
      secureContext ??= trustOf(settings)
      const socket = connect({ host, port, secureContext, ...(isIP(host) === 0 && { servername: host }) })
      const end = (settle: () => void): void => {
        deadline.cancel()
        forget()
        socket.destroy()
        settle()
      }
      const fail = (fault: Fault): void => end(() => reject(fault))
      const deadline = deadlines.after(timeout, () =>
        fail(new Fault(101504, `${address} did not answer within ${timeout} ms`)),
      )
      const forget = ctx.exchange.onCancel(() => fail(new Fault('client-closed', 'the client closed its connection')))
      const answer = new MessageBuffer(answerLimit)
      socket.once('secureConnect', () => socket.write(writeBinary(message)))
      socket.on('data', (piece: Buffer) => {
        answer.add(piece)
        try {
          const whole = answer.next()
          if (whole !== undefined) end(() => resolve(whole))
        } catch (thrown) {
          fail(thrown instanceof ThriftError ? refused(`${address}: ${thrown.message}`) : Fault.from(thrown))
        }
      })
      socket.once('error', (failure) => fail(failed(failure, address, socket)))
      socket.once('close', () => fail(new Fault(101505, `${address} closed the connection without an answer`)))
    })
}

function failed(failure: Error, address: string, { authorizationError }: TLSSocket): Fault {
  const what =
    authorizationError instanceof Error || typeof authorizationError === 'string'
      ? 'is not trusted'
      : 'cannot be reached'
  return new Fault(101503, `${address} ${what}: ${failure.message}`, { cause: failure })
}

/** As for every other back end: the authorities of Node and those of `http.tls.trust`, and the certificate of the bus. */
function trustOf({ http: { tls } }: Settings): SecureContext {
  return createSecureContext({
    minVersion: 'TLSv1.2',
    ...(tls.trust !== '' && { ca: [...rootCertificates, readFileSync(tls.trust, 'utf8')] }),
    ...(tls.outboundCertificate !== '' && { cert: readFileSync(tls.outboundCertificate) }),
    ...(tls.outboundKey !== '' && { key: readFileSync(tls.outboundKey) }),
    ...(tls.passphrase !== '' && { passphrase: tls.passphrase }),
  })
}
