import { readFileSync } from 'node:fs'
import {
  type Arrival,
  type DecisionPoint,
  defineService,
  type DocumentSigning,
  type Entrance,
  type HostedService,
  type Linker,
  type MessageContext,
  type Route,
  type Settings,
  type Span,
} from 'viaduct'
import { type Admission, admit, CHALLENGE } from './caller.ts'
import { answerEvaluation, answerEvaluations, answerMetadata, AUTHZEN_METADATA } from './authzen-service.ts'
import { RateLimit } from './rate-limit.ts'
import { answerByAttributes, answerHome, answerPdp } from './rest-service.ts'
import { type Answer, plain, type Question, servedRoute } from './served-route.ts'
import { Sessions } from './sessions.ts'
import {
  answerAuthentication,
  answerEntitlement,
  authenticationWsdl,
  entitlementWsdl,
  sessionEnded,
} from './soap-service.ts'
import { ThriftPort } from './thrift-port.ts'
import { answerAuthenticator, answerThrift } from './thrift-service.ts'
import { answerWsXacml } from './ws-xacml-service.ts'

/** The policies of the home for others: by the protocols that the settings switch on. */
export const servedDecisions = defineService({
  name: 'decisions',
  summary: 'The decision point of the home for other buses: EntitlementService, thrift, REST, AuthZEN.',
  create: (linker) => servicesOf(linker),
})

/** An address: who may use it, and what it answers. */
interface Address {
  readonly method: 'GET' | 'POST'
  /** Everybody may: it tells nothing of the policies. */
  readonly open?: boolean
  /** A session of AuthenticationAdmin is good for it. */
  readonly session?: boolean
  readonly answer: (question: Question) => Answer | Promise<Answer>
}

const SETTINGS: Span = { file: 'viaduct.config.json', line: 1, column: 1, endLine: 1, endColumn: 1 }

function servicesOf(linker: Linker): HostedService {
  const { settings, platform } = linker.services
  const { served } = settings.entitlement
  const [point, users] = [linker.facility('decisions'), linker.facility('users')]
  if (point === undefined || users === undefined) {
    linker.report('setting-invalid', SETTINGS, 'entitlement.served needs policies and users, and there are none')
    return {}
  }
  const lasting = served.session * 60_000
  const admission: Admission = {
    users,
    sessions: linker.state('entitlement-sessions', String(lasting), () => new Sessions(platform, lasting)),
    roles: served.roles,
    rate: linker.state('entitlement-rate', String(served.rate), () => new RateLimit(platform, served.rate)),
  }
  if (served.thriftPort >= 0) openThrift(linker, point, admission)
  const signing = served.wsXacml ? linker.facility('signing') : undefined
  if (served.wsXacml && signing?.canSign !== true)
    linker.report('setting-invalid', SETTINGS, 'entitlement.served.wsXacml needs a key in security.keystore')
  return { entrance: entranceOf(addressesOf(settings, point, admission, signing), admission, served.requestLimit) }
}

function addressesOf(
  settings: Settings,
  point: DecisionPoint,
  admission: Admission,
  signing: DocumentSigning | undefined,
): ReadonlyMap<string, Address> {
  const { served } = settings.entitlement
  const addresses = new Map<string, Address>()
  const add = (path: string, address: Address): void => void addresses.set(`${address.method} ${path}`, address)
  if (served.soap) soapAddresses(add, point, admission)
  const { wsXacml } = settings.entitlement
  if (signing !== undefined)
    add('/services/ws-xacml', { method: 'POST', answer: ({ ctx }) => answerWsXacml(point, signing, wsXacml, ctx) })
  if (served.rest) restAddresses(add, point)
  if (served.authzen) {
    add('/access/v1/evaluation', { method: 'POST', answer: (question) => answerEvaluation(point, question) })
    add('/access/v1/evaluations', { method: 'POST', answer: (question) => answerEvaluations(point, question) })
    add(AUTHZEN_METADATA, { method: 'GET', open: true, answer: ({ ctx }) => answerMetadata(originOf(ctx)) })
  }
  if (served.thriftPort >= 0)
    add('/thriftAuthenticator', {
      method: 'POST',
      open: true,
      answer: (question) => answerAuthenticator(admission, question),
    })
  return addresses
}

type Add = (path: string, address: Address) => void

function soapAddresses(add: Add, point: DecisionPoint, { users, sessions, roles }: Admission): void {
  const [entitlement, authentication] = ['/services/EntitlementService', '/services/AuthenticationAdmin']
  add(entitlement, { method: 'POST', session: true, answer: ({ ctx }) => answerEntitlement(point, ctx) })
  add(authentication, {
    method: 'POST',
    open: true,
    answer: ({ ctx }) => answerAuthentication(users, sessions, roles, ctx),
  })
  const wsdl = (path: string, describe: (address: string) => string): void =>
    add(`${path}?wsdl`, {
      method: 'GET',
      open: true,
      answer: ({ ctx }) => ({ status: 200, type: 'text/xml; charset=UTF-8', body: describe(originOf(ctx) + path) }),
    })
  wsdl(entitlement, entitlementWsdl)
  wsdl(authentication, authenticationWsdl)
}

function restAddresses(add: Add, point: DecisionPoint): void {
  const base = '/api/identity/entitlement/decision'
  const home: Address = { method: 'GET', answer: ({ ctx }) => answerHome(`${originOf(ctx)}${base}/pdp`) }
  for (const path of [base, `${base}/`, `${base}/home`]) add(path, home)
  add(`${base}/pdp`, { method: 'POST', answer: (question) => answerPdp(point, question) })
  add(`${base}/by-attrib`, {
    method: 'POST',
    answer: (question) => answerByAttributes(point, question, 'response'),
  })
  add(`${base}/by-attrib-boolean`, {
    method: 'POST',
    answer: (question) => answerByAttributes(point, question, 'boolean'),
  })
  for (const path of ['entitled-attribs', 'entitlements-all'])
    add(`${base}/${path}`, { method: 'POST', answer: () => plain(501, 'searches over policies are not offered') })
}

/** As the client knows the bus. */
function originOf({ exchange: { arrival }, services }: MessageContext): string {
  const { publicUrl } = services.settings.http
  if (publicUrl !== '') return publicUrl.replace(/\/+$/, '')
  const host = arrival.message.headers.get('Host')
  const known =
    host !== undefined && /^[\w.:[\]-]{1,255}$/.test(host) ? host : `${arrival.localAddress}:${arrival.localPort}`
  return `${arrival.transport === 'https' ? 'https' : 'http'}://${known}`
}

function entranceOf(addresses: ReadonlyMap<string, Address>, admission: Admission, limit: number): Entrance {
  const routes = new Map<string, Route>()
  for (const [name, { open, session = false, answer }] of addresses)
    routes.set(
      name,
      servedRoute(
        `decisions:${name}`,
        limit,
        async (ctx) =>
          open === true ? undefined : refusalOf(await admit(admission, ctx.exchange.arrival, session), ctx),
        async (question) => answer(question),
      ),
    )
  return { match: (arrival) => (arrival.inbound === undefined ? routes.get(keyOf(arrival)) : undefined) }
}

function keyOf({ method, target }: Arrival): string {
  const query = target.indexOf('?')
  const path = query < 0 ? target : target.slice(0, query)
  return `${method} ${path}${/^\?wsdl$/i.test(target.slice(path.length)) ? '?wsdl' : ''}`
}

function refusalOf(admitted: Awaited<ReturnType<typeof admit>>, ctx: MessageContext): Answer | undefined {
  if ('user' in admitted) return undefined
  switch (admitted.refused) {
    case 'session':
      return sessionEnded(ctx)
    case 'role':
      return plain(403, 'you may not ask for decisions')
    case 'rate':
      return plain(429, 'too many questions', { 'Retry-After': '1' })
    case 'login':
      return plain(401, 'log in', { 'WWW-Authenticate': CHALLENGE })
  }
}

function openThrift(linker: Linker, point: DecisionPoint, admission: Admission): void {
  const { settings, deadlines, log } = linker.services
  const { served } = settings.entitlement
  const { tls } = settings.http
  if (tls.certificate === '' || tls.key === '') {
    linker.report('setting-invalid', SETTINGS, 'entitlement.served.thriftPort needs http.tls.certificate and key')
    return
  }
  const [host, port, limit] = [served.thriftHost, served.thriftPort, served.requestLimit]
  const fingerprint = JSON.stringify([host, port, limit, tls])
  const thrift = linker.state('entitlement-thrift', fingerprint, () => {
    const passphrase = tls.passphrase === '' ? {} : { passphrase: tls.passphrase }
    const files = { cert: readFileSync(tls.certificate), key: readFileSync(tls.key), ...passphrase }
    return new ThriftPort({ host, port, tls: files, limit, deadlines, log })
  })
  linker.onStart(() => thrift.open((call, signal) => answerThrift(point, admission, call, signal)))
  linker.onStop(() => thrift.close())
}
