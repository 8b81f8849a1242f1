import type { HttpAnswer, HttpService } from './service.ts'

const ALBUM_LIMIT = 10_000
const JSON_TYPE = { 'Content-Type': 'application/json' }

type Entry = Record<string, unknown>

/** The JAX-RS music service: an album store in memory that speaks JSON, below `/rest/api/music`. */
export function music({ path = '/rest/api/music' } = {}): HttpService {
  const albums = new Map<string, Entry>([['Gold', { album: 'Gold', singer: 'Elton John' }]])
  const singers = new Map<string, Entry>()

  const add = (store: Map<string, Entry>, key: 'album' | 'singer', body: Buffer, answer: (entry: Entry) => string) => {
    const entry = readObject(body)
    const name = entry?.[key]
    if (entry === undefined || typeof name !== 'string')
      return failure(400, `The body is no JSON object with a member ${key}.`)
    if (store.size >= ALBUM_LIMIT && !store.has(name)) return failure(507, 'The store is full.')
    store.set(name, entry)
    return { status: 201, headers: JSON_TYPE, body: answer(entry) }
  }
  const find = (store: Map<string, Entry>, name: string | null) => {
    const entry = store.get(name ?? '')
    return entry === undefined
      ? failure(404, 'There is no such entry.')
      : { status: 200, headers: JSON_TYPE, body: JSON.stringify(entry) }
  }
  const text = (verb: string) => (entry: Entry) => `Album Added in ${verb} : ${JSON.stringify(entry)}`

  return {
    kind: 'http',
    name: 'music',
    path,
    handle(request, url, body): HttpAnswer {
      switch (`${request.method} ${url.pathname.slice(path.length)}`) {
        case 'POST /post':
          return add(albums, 'album', body, text('POST'))
        case 'POST /postjson':
          return add(albums, 'album', body, (entry) => JSON.stringify(entry))
        case 'PUT /put':
          return add(albums, 'album', body, text('PUT'))
        case 'GET /get':
          return find(albums, url.searchParams.get('album'))
        case 'POST /add_singer_details':
          return add(singers, 'singer', body, (entry) => `Singer Added in POST : ${JSON.stringify(entry)}`)
        case 'GET /get_singer_details':
          return find(singers, url.searchParams.get('singer'))
        default:
          return failure(404, 'There is no such resource.')
      }
    },
  }
}

function readObject(body: Buffer): Entry | undefined {
  try {
    const value: unknown = JSON.parse(body.toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Entry) : undefined
  } catch {
    return undefined
  }
}

function failure(status: number, message: string): HttpAnswer {
  return { status, headers: JSON_TYPE, body: JSON.stringify({ message }) }
}
