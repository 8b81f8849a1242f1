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
  process.on('message', ({ kind, id }: ToWorker) => {
    if (kind === 'snapshot') tell({ kind, id, snapshot: server.snapshot() })
  })
  tell({ kind: 'ready', listening: server.listening })
}
