import type { Server } from 'node:http'
import { Server as NetServer } from 'node:net'
import { type Settings, sleep } from 'viaduct'

/** How often idle connections are looked for while the others finish. */
const LOOK = 50

/**
 * Takes no new connections, gives the open ones `drain` to learn of it from their next answer, then closes each as soon as it is
 * idle, and cuts what is left after `shutdown`.
 */
export async function shutDown(server: Server, { drain, shutdown }: Settings['timeouts']): Promise<void> {
  const end = performance.now() + shutdown
  const closed = new Promise<void>((resolve) => {
    // http.Server.close would cut idle connections at once, and with them requests that are on the wire already.
    NetServer.prototype.close.call(server, () => resolve())
  })
  let done = await within(closed, Math.min(drain, shutdown / 2))
  while (!done && performance.now() < end) {
    server.closeIdleConnections()
    done = await within(closed, LOOK)
  }
  server.closeAllConnections()
  await closed
  // Ends Node's own look at connections.
  server.close()
}

/** Whether `closed` settles in time; the losing timer does not keep the process alive. */
async function within(closed: Promise<void>, milliseconds: number): Promise<boolean> {
  const waiting = new AbortController()
  const late = sleep(milliseconds, waiting.signal).then(
    () => false,
    () => false,
  )
  const done = await Promise.race([closed.then(() => true), late])
  waiting.abort(new Error('closed'))
  return done
}
