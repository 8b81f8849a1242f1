import { type Config, defineArtifact, type Site, spanOf } from 'viaduct'
import { faultFlow, flowOf } from '../target-flow.ts'
import { ApiEntrance } from './api-entrance.ts'
import { ApiService } from './api-service.ts'
import { apiAttributes, apiChildren, type ResourceConfig } from './api-shape.ts'
import { compileHandlers } from './handlers.ts'
import { readDefinition } from './published-definition.ts'
import { compilePathTemplate, type PathTemplate } from './path-template.ts'
import { METHODS, type Resource } from './resource.ts'
import { compileUrlMapping } from './url-mapping.ts'

type ApiConfig = Config<typeof apiAttributes, typeof apiChildren>

/** A REST API (language reference 3.6). */
export const api = defineArtifact({
  name: 'api',
  folders: ['apis', 'api'],
  summary: 'A REST API: requests below its context go to its resources.',
  attributes: apiAttributes,
  children: apiChildren,
  check: checkApi,
  compile(config, site): ApiService {
    const { name, context, version = '', versionType, hostname, port, transports, bindsTo, publishSwagger } = config
    const handlers = compileHandlers(config.handlers?.handler ?? [], site)
    const bound = new Set(bindsTo ?? ['default'])
    return new ApiService({
      name,
      at: placeOf(config.node, 'context'),
      context: contextOf(context, version, versionType),
      version: versionType === undefined ? '' : version,
      versionType,
      hostname,
      port,
      transports: transports ?? ['http', 'https'],
      bindsTo: bound,
      cors: handlers.cors,
      definition:
        publishSwagger === undefined
          ? undefined
          : readDefinition(publishSwagger, placeOf(config.node, 'publishSwagger'), site),
      resources: config.resource.map((each, i) => {
        const resource = compileResource(each, i, bound, site)
        return { ...resource, receive: handlers.before(resource.receive) }
      }),
    })
  },
  entrance: (apis, { report }) => new ApiEntrance(apis.values(), report),
})

function checkApi(config: ApiConfig, site: Site): void {
  const { context, version, versionType, resource, node, enableSwaggerValidation } = config
  if (enableSwaggerValidation === true)
    site.fail(
      'element-unsupported',
      'enableSwaggerValidation="true": requests cannot be checked against a definition yet',
      placeOf(node, 'enableSwaggerValidation'),
    )
  if (!context.startsWith('/'))
    site.fail('attribute-invalid', `context="${context}": expected a path that starts with /`, placeOf(node, 'context'))
  if (version !== undefined && version !== '' && versionType === undefined) {
    site.fail('constraint-violated', 'an API with a version needs version-type="url" or "context"')
  }
  if (resource.length === 0) site.fail('element-missing', 'an API needs at least one <resource>')
  const rest = resource.filter(({ urlMapping, uriTemplate }) => (urlMapping ?? '') === '' && (uriTemplate ?? '') === '')
  if (rest[1] !== undefined) {
    site.fail(
      'constraint-violated',
      'only one resource may have neither url-mapping nor uri-template',
      spanOf(rest[1].node),
    )
  }
}

function contextOf(context: string, version: string, type: 'url' | 'context' | undefined): string {
  const whole = type === 'context' ? context.replaceAll('{version}', version) : context
  return whole.replace(/\/+$/, '')
}

function compileResource(config: ResourceConfig, index: number, api: ReadonlySet<string>, site: Site): Resource {
  const { urlMapping = '', uriTemplate = '', contentType, userAgent, protocol, bindsTo } = config
  const inFlow = flowOf({ reference: config.inSequenceKey, inline: config.inSequence })
  return {
    name: `resource[${index + 1}]`,
    methods: methodsOf(config, site),
    mapping: urlMapping === '' ? undefined : compileUrlMapping(urlMapping),
    template: urlMapping !== '' || uriTemplate === '' ? undefined : templateOf(uriTemplate, config, site),
    protocol,
    contentType: contentType === '' ? undefined : contentType,
    userAgent,
    bindsTo: bindsTo === undefined ? api : new Set(bindsTo),
    receive: inFlow ?? (() => 'continue'),
    answer: flowOf({ reference: config.outSequenceKey, inline: config.outSequence }),
    fault: faultFlow({ reference: config.faultSequenceKey, inline: config.faultSequence }),
  }
}

function methodsOf({ methods = [], node }: ResourceConfig, site: Site): ReadonlySet<string> {
  const found = new Set<string>()
  for (const method of methods) {
    const known = (METHODS as readonly string[]).includes(method)
    if (!known || found.has(method)) {
      const why = known ? 'is named twice' : `is none of ${METHODS.join(', ')}`
      site.fail('attribute-invalid', `methods: ${method} ${why}`, placeOf(node, 'methods'))
    }
    found.add(method)
  }
  return found
}

function templateOf(text: string, { node }: ResourceConfig, site: Site): PathTemplate | undefined {
  try {
    return compilePathTemplate(text)
  } catch (error) {
    site.fail(
      'attribute-invalid',
      `uri-template="${text}": ${error instanceof Error ? error.message : ''}`,
      placeOf(node, 'uri-template'),
    )
    return undefined
  }
}

const placeOf = (node: ApiConfig['node'], attribute: string) =>
  node.attributes.find(({ name }) => name === attribute)?.valueAt ?? spanOf(node)
