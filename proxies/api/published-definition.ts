import { Message, type Route, sendBack, type Site, type Span } from 'viaduct'

/** The definition of an API (OpenAPI, formerly Swagger) that `publishSwagger` names. */
export interface PublishedDefinition {
  readonly text: Buffer
  readonly json: boolean
}

/** Reads the resource; reports one that is not there. */
export function readDefinition(key: string, at: Span, { linker, fail }: Site): PublishedDefinition | undefined {
  const resource = linker.resource(key)
  if (resource !== undefined)
    return { text: resource.bytes, json: /^\s*\{/.test(resource.bytes.toString('utf8', 0, 200)) }
  fail('resource-unreadable', `publishSwagger="${key}": there is no such resource`, at)
  return undefined
}

/** `path`: what follows the context. JSON is YAML as well (YAML 1.2, section 1.3), but not the reverse. */
export function definitionRoute({ text, json }: PublishedDefinition, path: string): Route | undefined {
  const asked = /^\/?\?swagger\.(json|yaml)$/i.exec(path)?.[1]?.toLowerCase()
  if (asked === undefined || (asked === 'json' && !json)) return undefined
  return {
    name: `api?swagger.${asked}`,
    receive(ctx) {
      ctx.message = Message.empty()
      ctx.message.setBytes(text, `application/${asked}; charset=UTF-8`)
      ctx.message.status = 200
      ctx.response = true
      return sendBack(ctx)
    },
    answer: undefined,
    fault: () => 'stop',
  }
}
