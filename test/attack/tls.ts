import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, startBus } from '../conformance/bus-process.ts'
import { byStatus, pid, type Tool } from './arena.ts'
import { copyCertificates, writeHome } from './home.ts'

/** TLS: the listener under attack with required client certificates, then every bad HTTPS back end. */
export const TLS: Tool = {
  name: 'tls',
  quick: false,
  async run(arena) {
    const made = join(arena.kit.directory, 'certificates')
    mkdirSync(made, { recursive: true })
    const make = await arena.kit.run(['faults/tls.mjs', '--make', made], 120)
    if (make.code !== 0) return byStatus(make)
    const home = join(arena.kit.directory, 'home-tls')
    writeHome(arena.kit, home, {
      backend: arena.backend.port,
      certificates: copyCertificates(made, home),
      clientCertificate: 'required',
    })
    const [port, httpsPort, base] = [await freePort(), await freePort(), 19_440]
    await using bus = await startBus(home, {
      command: arena.command,
      port,
      httpsPort,
      sheds: true,
      arguments: ['--log-level', 'error'],
    })
    const inbound = byStatus(
      await arena.kit.run(
        [
          'faults/tls.mjs',
          '--inbound',
          made,
          `127.0.0.1:${httpsPort}/services/EchoProxy`,
          '--mtls',
          '--hs-ms',
          '8000',
          ...pid(bus).split(' '),
        ],
        200,
      ),
    )
    await using backends = await arena.kit.serve(['faults/tls.mjs', '--backends', made, '--base', String(base)])
    await new Promise((resolve) => setTimeout(resolve, 500))
    const outbound = await callTlsBackends(`http://127.0.0.1:${port}`, backends.output())
    return {
      ok: inbound.ok && outbound.length === 0,
      line: `${inbound.line}; outbound ${outbound.length} FAIL`,
      details: [...inbound.details, ...outbound],
    }
  },
}

async function callTlsBackends(bus: string, listing: string): Promise<string[]> {
  const wrong: string[] = []
  for (const [, port = '', name = '', want = ''] of listing.matchAll(/^(\d+) (\S+) (.*)$/gm)) {
    const body =
      '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><q/></soapenv:Body></soapenv:Envelope>'
    const answer = await fetch(`${bus}/tools/tls/${port}`, {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'text/xml' },
      signal: AbortSignal.timeout(15_000),
    })
      .then(async (response) => ({
        status: response.status,
        complete: await response.text().then(
          () => true,
          () => false,
        ),
      }))
      .catch((error: unknown) => ({ status: String(error), complete: false }))
    const good = answer.status === 200 && answer.complete
    if (name === 'truncate') continue
    if (good !== /^(?:must work|works)/.test(want))
      wrong.push(`FAIL outbound ${name}: ${String(answer.status)}, want ${want}`)
  }
  return wrong
}
