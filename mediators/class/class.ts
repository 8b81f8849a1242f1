import {
  type AnyMediatorDefinition,
  children,
  child,
  createModuleCall,
  defineMediator,
  invoke,
  InvalidValue,
  isolated,
  type Mediator,
  type MessageContext,
  type ModuleExport,
  named,
  oneOf,
  path,
  required,
  type Site,
  string,
  withDefault,
  XmlAttribute,
  XmlElement,
} from 'viaduct'
import { createObject, ObjectContext } from './object.ts'
import { literalsOf, type ModuleProperty, valueOf } from './module-property.ts'

const propertyShape = {
  attributes: {
    name: required(string('Name of the setter, field or attribute.')),
    value: string('Literal value.'),
    expression: path('Value taken from each message.'),
  },
  content: 'xml',
} as const

/** Runs a drop-in module of the home, or a built-in that stands for a Java class. */
export const classMediator = defineMediator({
  name: 'class',
  summary: 'Runs a module from the mediators/ folder, found by class name, file name, export name or alias.',
  attributes: {
    name: required(string('Java class name, file name, export name or alias of the module.')),
    method: string('Method to call instead of `mediate`.'),
    target: withDefault(
      'none',
      oneOf(['none', 'body', 'variable'], 'What to do with the value that `method` returns.'),
    ),
    targetVariable: named('target-variable', string('Variable that takes the value when target is variable.')),
  },
  children: {
    properties: children('property', 'Set on the module: a setter, a field or a declared attribute.', propertyShape),
    inputs: child('inputs', 'Arguments of `method`, in order.', {
      children: { list: children('argument', 'One argument.', propertyShape) },
    }),
  },
  builds: true,
  check({ target, targetVariable, method, inputs }, { fail }) {
    if (target === 'variable' && targetVariable === undefined)
      fail('constraint-violated', 'target="variable" needs target-variable')
    if (inputs !== undefined && method === undefined) fail('constraint-violated', '<inputs> needs the attribute method')
  },
  compile(config, site) {
    const found = site.linker.module(config.name, site.at)
    if (found === undefined) return () => 'continue'
    if (found.kind === 'extension') {
      site.fail('module-failed', `${config.name} is no mediator: it extends a class of the bus for something else`)
      return () => 'continue'
    }
    const call = createModuleCall(config.name, found.timeout, site.linker.services)
    if (found.isolation === 'worker') return isolated(found, call, literalsOf(config.properties, site), site)
    if (found.kind === 'definition') return ofDefinition(found.definition, config.properties, site)
    if (found.kind === 'function') return (ctx) => invoke(call, () => found.mediate(ctx))
    const method =
      config.method === undefined
        ? undefined
        : {
            name: config.method,
            target: config.target,
            variable: config.targetVariable ?? '',
            inputs: config.inputs?.list ?? [],
          }
    return ofClass(found, call, { properties: config.properties, method }, site)
  },
})

interface ClassUse {
  readonly properties: readonly ModuleProperty[]
  readonly method:
    | {
        readonly name: string
        readonly target: string
        readonly variable: string
        readonly inputs: readonly ModuleProperty[]
      }
    | undefined
}

/** One object for the deployment; one per message when a property is an expression, so that messages never share it. */
function ofClass(
  found: ModuleExport & { kind: 'class' },
  call: ReturnType<typeof createModuleCall>,
  use: ClassUse,
  site: Site,
): Mediator {
  const dynamic = use.properties.some(({ expression }) => expression !== undefined)
  let shared: ReturnType<typeof createObject>
  try {
    shared = createObject(found.create, use.properties, undefined)
  } catch (thrown) {
    site.fail(
      'module-failed',
      `${call.name}: ${thrown instanceof Error ? thrown.message : 'its constructor or a setter failed'}`,
      thrown instanceof InvalidValue ? site.at : undefined,
    )
    return () => 'continue'
  }
  site.linker.onStart(async () => void (await shared.init?.()))
  site.linker.onStop(async () => void (await shared.destroy?.()))
  return (ctx) => {
    const object = dynamic ? createObject(found.create, use.properties, ctx) : shared
    const context = new ObjectContext(ctx)
    const flow = invoke(call, () =>
      use.method === undefined ? object.mediate(context) : callMethod(object, use.method, ctx),
    )
    if (typeof flow === 'string') {
      context.close()
      return flow
    }
    return flow.finally(() => context.close())
  }
}

function callMethod(
  object: object,
  { name, target, variable, inputs }: NonNullable<ClassUse['method']>,
  ctx: MessageContext,
): unknown {
  const method: unknown = Reflect.get(object, name)
  if (typeof method !== 'function') throw new InvalidValue(`it has no method ${name}`)
  const keep = (value: unknown): void => {
    if (target === 'variable') ctx.variables.set(variable, value)
    else if (target === 'body') new ObjectContext(ctx).setPayload(value)
  }
  const result: unknown = Reflect.apply(
    method,
    object,
    inputs.map((input) => valueOf(input, ctx)),
  )
  if (result instanceof Promise) return result.then(keep)
  keep(result)
  return undefined
}

/** A module with a definition: the `<property>` children become the attributes it declares, checked with their own places. */
function ofDefinition(definition: AnyMediatorDefinition, properties: readonly ModuleProperty[], site: Site): Mediator {
  const element = new XmlElement(definition.name, definition.namespace)
  element.at = site.at
  element.attributes = properties.map((property) => attributeOf(property, definition, element))
  element.parent = site.node.parent
  return site.linker.mediator(definition, element, `${site.path}/${definition.name}`) ?? (() => 'continue')
}

/** The attribute that a `<property>` stands for. An expression becomes what the attribute's kind writes it as. */
function attributeOf(
  { name, value, node, text }: ModuleProperty,
  definition: AnyMediatorDefinition,
  element: XmlElement,
): XmlAttribute {
  const written = (attribute: string) => node.attributes.find((each) => each.name === attribute)
  const expression = written('expression')
  const { kind } = Object.entries(definition.attributes).find(([key, { xml }]) => (xml ?? key) === name)?.[1] ?? {}
  const given =
    expression === undefined ? (value ?? text) : kind === 'path' ? expression.value : `{${expression.value}}`
  const attribute = new XmlAttribute(name, given, '', '', element)
  attribute.at = written('name')?.valueAt ?? node.at
  attribute.valueAt = (written('value') ?? expression)?.valueAt ?? node.at
  return attribute
}
