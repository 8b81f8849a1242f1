import { line } from './console/http.ts'
import type { Io } from './io.ts'
import type { Server } from './server.ts'
import type { FromWorker, ToWorker } from './workers.ts'

const tell = (message: FromWorker): void => void process.send?.(message)

/** A worker says nothing itself: what it prints goes to the process that started it, which says it once for all. */
export const workerIo = (io: Io): Io => ({
  ...io,
  out: (text) => tell({ kind: 'line', to: 'out', text }),
  error: (text) => tell({ kind: 'line', to: 'error', text }),
})

/** Tells that this worker listens, and from now on what it is asked. */
export function reportWorker(server: Server): void {
  process.on('message', (message: ToWorker) => {
    const { kind, id } = message
    if (kind === 'snapshot') tell({ kind, id, snapshot: server.snapshot() })
    else
      void server.answerConsole(message.call).then(
        (reply) => tell({ kind, id, reply }),
        () => tell({ kind, id, reply: line(500, 'This failed.') }),
      )
  })
  tell({ kind: 'ready', listening: server.listening })
}
