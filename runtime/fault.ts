import type { Span } from './diagnostic.ts'

/** What Synapse puts into ERROR_CODE: its numbers, or the word given to `throwError`. */
export type FaultCode = number | string

/** Every code the bus itself raises. `docs/errors`, `viaduct explain` and the parity test are made from this table. */
export const FAULTS = {
  0: { name: 'mediation-failed', meaning: 'A mediator failed.', cure: 'The message and the place say which and why.' },
  101000: {
    name: 'receive-failed',
    meaning: 'The request of the client could not be read or answered.',
    cure: 'Look at the network or at a client that closed its connection.',
  },
  101001: {
    name: 'receive-interrupted',
    meaning: 'The body of the request ended early or did not arrive in time.',
    cure: 'Look at the client: it stopped sending, or sent less than it announced.',
  },
  101500: {
    name: 'send-failed',
    meaning: 'The message could not be written to the back end.',
    cure: 'Look at the back end and the network between.',
  },
  101501: {
    name: 'answer-unreadable',
    meaning: 'The answer of the back end could not be read.',
    cure: 'Look at the back end: it closed the connection inside its answer.',
  },
  101503: {
    name: 'connection-failed',
    meaning: 'No connection to the back end could be made.',
    cure: 'Check that the address is right and that something listens there.',
  },
  101504: {
    name: 'send-timeout',
    meaning: 'The back end did not answer within the timeout of the endpoint.',
    cure: 'Look at the back end, or give the endpoint a longer <timeout>.',
  },
  101505: {
    name: 'connection-closed',
    meaning: 'The back end closed the connection before it answered.',
    cure: 'Look at the back end; its idle timeout may be shorter than that of the bus.',
  },
  101506: {
    name: 'protocol-violated',
    meaning: 'The back end answered something that is not HTTP.',
    cure: 'Check port and scheme of the address (http against https).',
  },
  101507: {
    name: 'connect-refused-by-limit',
    meaning: 'Too many calls to this address are under way or waiting.',
    cure: 'The back end is too slow for the load; raise limits.connectionsPerHost, or slow the clients.',
  },
  101508: {
    name: 'connect-timeout',
    meaning: 'The connection to the back end was not made in time.',
    cure: 'Check address, firewall and name resolution.',
  },
  101510: {
    name: 'answer-rejected',
    meaning: 'The answer of the back end could not be processed.',
    cure: 'The message says what was wrong with it.',
  },
  303000: {
    name: 'group-not-ready',
    meaning: 'No member of a load-balance, failover or recipient-list endpoint can be used.',
    cure: 'All members are suspended or failed; look at the faults before this one.',
  },
  303001: {
    name: 'endpoint-not-ready',
    meaning: 'The endpoint is suspended after earlier failures.',
    cure: 'It becomes usable again by itself; suspendOnFailure sets when.',
  },
  303002: {
    name: 'wsdl-endpoint-not-ready',
    meaning: 'The WSDL endpoint is suspended after earlier failures.',
    cure: 'It becomes usable again by itself; suspendOnFailure sets when.',
  },
  303003: {
    name: 'endpoint-unauthorized',
    meaning: 'The endpoint could not authenticate itself to the back end.',
    cure: 'Check user, password or token address of its <authentication>.',
  },
  305100: {
    name: 'endpoint-not-found',
    meaning: 'An endpoint named at run time, or an endpoint template, is not deployed.',
    cure: 'Correct the key or deploy the endpoint.',
  },
  309001: {
    name: 'session-not-ready',
    meaning: 'The member that owns the session of this client cannot be used.',
    cure: 'It is suspended; the session goes on when it is ready again.',
  },
  309003: {
    name: 'session-failed',
    meaning: 'The member that owns the session of this client failed, and no other member has the session.',
    cure: 'Look at that member; the client has to begin a new session when it does not come back.',
  },
  401000: {
    name: 'callout-failed',
    meaning: 'A callout failed.',
    cure: 'The cause says what happened at the endpoint.',
  },
  401001: {
    name: 'blocking-call-failed',
    meaning: 'A blocking call failed.',
    cure: 'The cause says what happened at the endpoint.',
  },
  401003: {
    name: 'call-failed',
    meaning: 'A call failed before it reached the network.',
    cure: 'The cause says why.',
  },
  500000: {
    name: 'endpoint-soap-fault',
    meaning: 'The back end answered a SOAP fault, and FORCE_ERROR_ON_SOAP_FAULT asks to treat that as failure.',
    cure: 'Look at the fault in the log, or remove the property.',
  },
  500101: {
    name: 'template-parameter-missing',
    meaning: 'A call-template does not give a mandatory parameter.',
    cure: 'Add the <with-param>.',
  },
  601000: {
    name: 'payload-malformed',
    meaning: 'The body is not what its Content-Type says: XML, JSON or MIME could not be parsed, or it breaks a limit.',
    cure: 'Correct the sender; the reason and place are in the log.',
  },
  'sequence-not-found': {
    name: 'sequence-not-found',
    meaning: 'A sequence or template named at run time is not deployed.',
    cure: 'Correct the key or deploy it.',
  },
  'operation-unknown': {
    name: 'operation-unknown',
    meaning: 'The WSDL of the proxy has no operation for this request.',
    cure: 'Correct the request, or set the parameter disableOperationValidation of the proxy.',
  },
  'format-refused': {
    name: 'format-refused',
    meaning: 'A parameter of the proxy (disableSOAP11, disableSOAP12, disableREST) refuses requests of this format.',
    cure: 'Send another format, or remove the parameter.',
  },
  'address-refused': {
    name: 'address-refused',
    meaning: 'The message itself names the address to send to, and nothing allows that address.',
    cure: 'Give an endpoint, or allow the host with `egress.allow` in the settings.',
  },
  'steps-exceeded': {
    name: 'steps-exceeded',
    meaning: 'The message ran through more mediators, or nested deeper, than the limits allow.',
    cure: 'Sequences call each other in a circle; break it.',
  },
  'request-unwritable': {
    name: 'request-unwritable',
    meaning:
      'What the flow asks for cannot be put into an HTTP request: a method or header value that HTTP does not allow.',
    cure: 'Look at HTTP_METHOD, Action and transport headers that are taken from the message.',
  },
  'bodies-full': {
    name: 'bodies-full',
    meaning: 'The bodies of all messages that are in memory together are larger than limits.bodies.',
    cure: 'The client may try again; raise limits.bodies (and limits.memory) or read less into memory.',
  },
  'security-failed': {
    name: 'security-failed',
    meaning: 'A message is not secured as the policy of its proxy or endpoint asks, or could not be secured.',
    cure: 'The message in the log says what failed; `viaduct explain <message> --policy P --keystore K` shows more.',
  },
  'field-invalid': {
    name: 'field-invalid',
    meaning:
      'A header field that a flow or an endpoint wrote cannot be sent: its name is no token, or a line break or control character is in its value.',
    cure: 'Look at where the value comes from; a client may be trying to add header fields of its own.',
  },
  'client-closed': {
    name: 'client-closed',
    meaning: 'The client closed its connection before the answer was there.',
    cure: 'Nothing to do on the bus.',
  },
  'module-timeout': {
    name: 'module-timeout',
    meaning: 'A drop-in module did not finish within its deadline.',
    cure: 'Correct the module, or give it a longer `timeout`.',
  },
  'module-misbehaved': {
    name: 'module-misbehaved',
    meaning: 'A drop-in module returned something that is neither a flow nor a boolean.',
    cure: 'Return true, false, "continue", "stop" or nothing.',
  },
} as const satisfies Record<FaultCode, { name: string; meaning: string; cure: string }>

/** A failure of mediation: leaves the pipeline at once and reaches the nearest fault handler. */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: FaultCode
  /** Becomes ERROR_DETAIL when given; else the cause does. */
  readonly detail: string | undefined
  /** The mediator that raised it; filled in by the engine. */
  at: Span | undefined = undefined
  /** The client's own message is what is wrong: the client may be told why. */
  blamesClient = false

  constructor(code: FaultCode, message: string, options?: ErrorOptions & { readonly detail?: string | undefined }) {
    super(message, options)
    this.code = code
    this.detail = options?.detail
  }

  /** Whatever was thrown, as a Fault. Never touches getters of foreign objects. */
  static from(thrown: unknown): Fault {
    if (thrown instanceof Fault) return thrown
    if (thrown instanceof Error)
      return new Fault(0, thrown.message || 'Runtime error occurred while mediating the message', { cause: thrown })
    const text = typeof thrown === 'string' ? thrown : 'a value that is not an Error was thrown'
    return new Fault(0, text, { cause: thrown })
  }
}
