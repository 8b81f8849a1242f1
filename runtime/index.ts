/** The public API. What the built-in mediators, endpoints and transports use is exactly what a customer's module uses. */
export { runApart } from './apart.ts'
export * from './artifact.ts'
export * from './attribute-source.ts'
export * from './attributes.ts'
export { axis2Client } from './axis2-client.ts'
export { basicCredentials, type Credentials } from './basic-credentials.ts'
export { BodyBudget } from './body-budget.ts'
export * from './branches.ts'
export { Bus, type BusServices, type ListenRequest } from './bus.ts'
export { callerNetwork } from './caller-network.ts'
export { Compiler, spanOf } from './compiler.ts'
export { compileCondition, type Condition, ConditionSubject } from './condition.ts'
export type { ConsoleAnswer, ConsolePage, ConsoleRequest } from './console-page.ts'
export { literalElement, readContent } from './content.ts'
export { MessageContext, type TemplateFrame } from './context.ts'
export { CORRELATION_HEADER } from './correlation.ts'
export type * from './decisions.ts'
export type * from './document-signing.ts'
export type { EntitlementSettings, ServedDecisions, WsXacmlSettings } from './entitlement-settings.ts'
export * from './entitlement.ts'
export { type EntitlementAttribute, EntitlementCallbackHandler } from './entitlement-callback-handler.ts'
export type { Database, Queries, SqlRow, SqlValue } from './database.ts'
export { Deployment, type Entrance } from './deployment.ts'
export * from './diagnostic.ts'
export * from './directory.ts'
export { egressAddressRefusal, egressRefusal, isSpecialAddress } from './egress.ts'
export { type Endpoint, endpointOfMessage, OUT_ONLY, sendOn } from './endpoint.ts'
export { Exchange, sendBack } from './exchange.ts'
export { definedString } from './expression/defined-string.ts'
export { javaRegex, javaReplacement } from './expression/java-regex.ts'
export { JsonPathPath } from './expression/json-path.ts'
export type { JsonLocation } from './expression/jsonpath/index.ts'
export { kept } from './expression/kept.ts'
export * from './expression/path.ts'
export { compileXPath, type XPath, XPathError, type XPathNode, type XPathValue } from './expression/xpath/index.ts'
/** The XPath engine itself, for languages that are built on it (XSLT). */
export * as xpath from './expression/xpath/index.ts'
export {
  compileTemplate,
  type Template as TextTemplate,
  type TemplateExpression,
  type TemplatePart,
} from './expression/template.ts'
export { lazy, type LazyDefinition } from './definitions.ts'
export { defineFacility, type FacilityDefinition, type FacilityMap } from './facility.ts'
export { Fault, type FaultCode, FAULTS } from './fault.ts'
export { FailedAttempts } from './failed-attempts.ts'
export { FailedLogins } from './failed-logins.ts'
export { ERROR_CODE, ERROR_DETAIL, ERROR_EXCEPTION, ERROR_MESSAGE } from './fault-properties.ts'
export { FieldTable } from './field-table.ts'
export { guardedBuild, nested } from './flow.ts'
export { defineService, type HostedService, type LazyService, type ServiceDefinition } from './hosted-service.ts'
export { escapeHtml, Html, html, type HtmlPart } from './html.ts'
export { Headers } from './headers.ts'
export * from './home/index.ts'
export { Language } from './language.ts'
export { LEASE, leased } from './lease.ts'
export * from './linker.ts'
export { load, type Loaded, type LoadOptions } from './loader.ts'
export type { SourceFile } from './loading/source-file.ts'
export { LiveHome, type LiveHomeOptions, type Outcome } from './live-home.ts'
export type { LocalEntry } from './local-entry.ts'
export { LOG_LEVELS, type Logger, type LogFields, type LogLevel, silentLogger } from './log.ts'
export {
  defineMediator,
  type Flow,
  type Layer,
  type Mediator,
  type MediatorDefinition,
  type Site,
  stop,
  SYNAPSE,
} from './mediator.ts'
export {
  type Mail,
  type MailAttachment,
  type MailContent,
  MailFailure,
  type MailSender,
  type MailTemplate,
  type QueuedLetter,
} from './mail.ts'
export { Message } from './message.ts'
export type * from './message-security.ts'
export { type CacheCounts, Metrics } from './metrics.ts'
export * from './modules/index.ts'
export { type Platform, systemPlatform } from './platform.ts'
export { flag, Properties, type Property, property, type Scope, whole, words } from './properties.ts'
export type { Route } from './route.ts'
export { child, children, type Config, InvalidValue, type Reading, requiredChild } from './schema.ts'
export { ResourceFinder, type ResourceHierarchy } from './resource-hierarchy.ts'
export { guarded, sequence } from './sequence.ts'
export { type Parts, sharedDataHolder, split, suffixOf, type Splitting } from './split.ts'
export { DEFAULT_SETTINGS, type Settings } from './settings.ts'
export { Stores } from './stores.ts'
export { Rounds, type RoundsOptions } from './rounds.ts'
export { type Deadline, Deadlines, sleep } from './time.ts'
export type * from './workflows.ts'
export { HomeWatch, type WatchOptions } from './watch.ts'
export type * from './users.ts'
export { compileTarget, targetShape } from './target.ts'
export { convertText, type DataType, type TypedValue } from './typed-value.ts'
export type { Arrival, IncomingReply, Listener, Outgoing, OutgoingReply, OutgoingRequest, Sender } from './transport.ts'
export { parseUri, printUri, type UriFragments } from './uri-fragments.ts'
export * from './xml/index.ts'
export * from './mime/index.ts'
export * from './soap/index.ts'
export * from './formats/index.ts'
export * from './json/index.ts'
