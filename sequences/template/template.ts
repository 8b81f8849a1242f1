import {
  boolean,
  child,
  children,
  defineArtifact,
  ELEMENT,
  guarded,
  key,
  type Mediator,
  named,
  nested,
  type Reference,
  required,
  type Sequence,
  type Site,
  string,
  type Template,
  withDefault,
  type XmlElement,
} from 'viaduct'
import { createEndpointTemplate } from './endpoint-template.ts'

const nothing: Mediator = () => 'continue'

/** A sequence or an endpoint with parameters (language reference 3.10). */
export const template = defineArtifact({
  name: 'template',
  kindOf: (element) => (endpointIn(element) === undefined ? 'template' : 'endpointTemplate'),
  folders: ['templates'],
  summary: 'A sequence or an endpoint with parameters.',
  attributes: {
    name: required(string('Name.')),
    onError: key('sequence', 'Sequence that handles faults of a sequence template.'),
  },
  children: {
    parameters: children('parameter', 'A parameter.', {
      attributes: {
        name: required(string('Name; `$func:name` in expressions, `$name` in an endpoint template.')),
        isMandatory: withDefault(false, boolean('Whether a call without it is a fault.')),
        defaultValue: string('Value when a call gives none.'),
      },
    }),
    sequence: child('sequence', 'What runs when the template is called.', {
      attributes: { onError: key('sequence', 'Sequence that handles faults of the body.') },
      content: 'pipeline',
    }),
    endpoint: child('endpoint', 'The endpoint; values that start with $ are replaced.', {
      attributes: {
        name: string('Name of the instances; usually $name.'),
        key: string('Name of the endpoint it stands for.'),
        keyExpression: named('key-expression', string('Expression that gives that name.')),
        template: string('Name of another endpoint template.'),
        uri: string('Value of the parameter `uri` of that template.'),
        onError: string('Sequence that handles failures.'),
      },
      content: 'xml',
    }),
  },
  check({ sequence, endpoint }, site) {
    if ((sequence === undefined) === (endpoint === undefined)) {
      site.fail('constraint-violated', 'a template holds either a <sequence> or an <endpoint>')
    }
  },
  compile({ name, onError, parameters, sequence, endpoint }, site: Site) {
    if (endpoint !== undefined)
      return createEndpointTemplate(
        name,
        parameters.map((each) => each.name),
        endpoint.node,
        site.path,
      )
    const body = handledBy(sequence?.onError, sequence?.pipeline ?? nothing)
    const compiled: Template = {
      name,
      mediator: handledBy(onError, body),
      parameters: parameters.map((each) => ({
        name: each.name,
        mandatory: each.isMandatory,
        fallback: each.defaultValue,
      })),
    }
    return compiled
  },
})

const handledBy = (onError: Reference<Sequence> | undefined, body: Mediator): Mediator =>
  onError === undefined ? body : guarded(body, (ctx) => nested(onError.get(ctx).mediator, ctx))

const endpointIn = (element: XmlElement): XmlElement | undefined =>
  element.children.find((node): node is XmlElement => node.type === ELEMENT && node.name === 'endpoint')
