import type { HttpService } from './service.ts'

/** EchoHttpServer: answers the entity of the request with its content type. */
export function echoHttp({ path = '/' } = {}): HttpService {
  return {
    kind: 'http',
    name: 'EchoHttpServer',
    path,
    handle(request, _url, body) {
      const type = request.headers['content-type']
      return { status: 200, headers: type === undefined ? {} : { 'Content-Type': type }, body }
    },
  }
}
