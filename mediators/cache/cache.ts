import {
  child,
  defineMediator,
  integer,
  javaRegex,
  key,
  type Mediator,
  nested,
  oneOf,
  printXml,
  required,
  sendBack,
  type Site,
  string,
  withDefault,
  type XmlElement,
} from 'viaduct'
import { CacheStore } from './cache-store.ts'
import { collect } from './collector.ts'
import { compileFinder } from './finder.ts'
import { compileKey } from './cache-key.ts'

/** Seconds that an answer is kept unless the configuration says otherwise. */
const DEFAULT_TIMEOUT = 5000

/** `cache`: answers from memory what was asked before (language reference 2.2). */
export const cache = defineMediator({
  name: 'cache',
  summary: 'Answers a request from memory when it was answered before; a second one in the out flow keeps the answers.',
  attributes: {
    collector: required(
      oneOf(['true', 'false'], 'false: looks for an answer, in the in flow; true: keeps it, in the out flow.'),
    ),
    id: string('Caches of one id share their answers.'),
    timeout: withDefault(DEFAULT_TIMEOUT, integer('Seconds an answer is kept.', 0)),
    maxMessageSize: withDefault(-1, integer('Answers with more bytes are not kept; -1: no limit of its own.', -1)),
    scope: string('Not used: the id says which caches are one.'),
    hashGenerator: string('Not used: method, address, body and the chosen headers tell requests apart.'),
  },
  children: {
    onCacheHit: child('onCacheHit', 'What runs instead of sending the answer back.', {
      attributes: { sequence: key('sequence', 'Deployed sequence to run, instead of mediators inside.') },
      content: 'pipeline',
    }),
    protocol: child('protocol', 'What of HTTP counts.', {
      attributes: { type: withDefault('HTTP', string('HTTP.')) },
      children: {
        methods: child('methods', 'Methods whose answers are kept, with commas between; * for all.', {
          content: 'text',
        }),
        exclude: child('headersToExcludeInHash', 'All headers but these tell requests apart; * for none.', {
          content: 'text',
        }),
        include: child('headersToIncludeInHash', 'These headers tell requests apart; * for all.', { content: 'text' }),
        responseCodes: child('responseCodes', 'Regular expression for the statuses that are kept.', {
          content: 'text',
        }),
        enableCacheControl: child('enableCacheControl', 'true: Cache-Control of the answer counts.', {
          content: 'text',
        }),
        includeAgeHeader: child('includeAgeHeader', 'true: an answer from memory carries Age.', { content: 'text' }),
        hashGenerator: child('hashGenerator', 'Not used.', { content: 'text' }),
      },
    }),
    implementation: child('implementation', 'How much is kept.', {
      attributes: {
        type: oneOf(['memory', 'disk'], 'Where; answers are kept in memory.'),
        maxSize: withDefault(-1, integer('How many answers; the one unused for the longest time goes first.', -1)),
      },
    }),
  },
  builds: ({ collector, protocol }) => collector === 'true' || protocol !== undefined,
  compile(config, site) {
    if (config.collector === 'true') return collect
    const { id, timeout, maxMessageSize, onCacheHit, protocol, implementation, node } = config
    const { sequence, pipeline } = onCacheHit ?? {}
    const onHit: Mediator =
      sequence === undefined ? (pipeline ?? sendBack) : (ctx) => nested(sequence.get(ctx).mediator, ctx)
    const codes = textOf(protocol?.responseCodes) ?? '.*'
    const store = site.linker.state(
      `cache:${id ?? site.path}`,
      fingerprint(node),
      () => new CacheStore(implementation?.maxSize ?? -1),
    )
    return compileFinder({
      store,
      key: compileKey(textOf(protocol?.include), protocol?.exclude?.text),
      onHit,
      rules: {
        milliseconds: timeout * 1000,
        mostBytes: maxMessageSize,
        methods: methodsOf(textOf(protocol?.methods) ?? '*'),
        statuses: regexOf(codes, site),
        cacheControl: isTrue(protocol?.enableCacheControl),
        age: isTrue(protocol?.includeAgeHeader),
      },
    })
  },
})

interface Text {
  readonly text: string
}

/** Undefined for an element that is not there or empty. */
const textOf = (element: Text | undefined): string | undefined =>
  element === undefined || element.text === '' ? undefined : element.text

const isTrue = (element: Text | undefined): boolean => element?.text.toLowerCase() === 'true'

function methodsOf(list: string): (method: string) => boolean {
  const methods = new Set(list.split(',').map((method) => method.trim().toUpperCase()))
  return methods.has('*') ? () => true : (method) => methods.has(method)
}

function regexOf(text: string, { fail }: Site): (status: number) => boolean {
  try {
    const regex = javaRegex(text, true)
    return (status) => regex.test(String(status))
  } catch (thrown) {
    fail('attribute-invalid', `responseCodes: ${thrown instanceof Error ? thrown.message : text}`)
    return () => false
  }
}

/** A cache whose definition changed starts empty. */
const fingerprint = (node: XmlElement): string => printXml(node)
