import type { Arrival, Entrance, Flow, MessageContext, Route } from 'viaduct'

/** A request with its address taken apart. */
export interface ServiceRequest {
  readonly ctx: MessageContext
  readonly method: string
  /** Decoded. */
  readonly path: string
  readonly query: URLSearchParams
  /** Address of the client. */
  readonly from: string
}

export type Handler = (request: ServiceRequest) => Flow | Promise<Flow>

/** Forms and messages of these services are small, bytes. */
const LARGEST = 64 * 1024

/** Serves addresses of the bus itself. `find` gives the handler of a method and path. */
export function serviceEntrance(name: string, find: (method: string, path: string) => Handler | undefined): Entrance {
  return {
    match(arrival): Route | undefined {
      if (arrival.inbound !== undefined) return undefined
      const [path, query] = addressOf(arrival)
      const handler = path === undefined ? undefined : find(arrival.method, path)
      if (path === undefined || handler === undefined) return undefined
      return {
        name: `service:${name}`,
        receive: (ctx) => handler({ ctx, method: arrival.method, path, query, from: arrival.remoteAddress }),
        answer: undefined,
        fault: () => 'stop',
      }
    },
  }
}

function addressOf({ target }: Arrival): [path: string | undefined, query: URLSearchParams] {
  const [path = '', query = ''] = target.split('?', 2)
  try {
    return [decodeURIComponent(path), new URLSearchParams(query)]
  } catch {
    return [undefined, new URLSearchParams()]
  }
}

/** Reads the body; one that is too large is a fault that blames the client. */
export async function textOf({ message }: MessageContext): Promise<string> {
  await message.build(LARGEST)
  return message.bytes?.toString('utf8') ?? ''
}
