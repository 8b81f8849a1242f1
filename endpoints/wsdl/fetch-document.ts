import { Fault, Headers, type Linker } from 'viaduct'

const TIMEOUT = 10_000
const LARGEST = 16 * 1024 * 1024

/** Gets a document that the configuration names, through the senders of the bus. Throws a Fault. */
export async function fetchDocument(url: string, { services }: Linker): Promise<Buffer> {
  const sender = services.senders.get(url.slice(0, url.indexOf(':')).toLowerCase())
  if (sender === undefined) throw new Fault(101500, `${url} cannot be read: there is no such transport`)
  const { status, message } = await sender.send(
    { method: 'GET', url, headers: new Headers(), body: undefined, timeout: TIMEOUT },
    () => {},
  )
  await message.build(LARGEST)
  if (status !== 200 || message.bytes === undefined) throw new Fault(101500, `${url} answered with status ${status}`)
  return message.bytes
}
