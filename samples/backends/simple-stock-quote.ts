import { setTimeout as delayed } from 'node:timers/promises'
import type { XmlElement } from 'viaduct'
import { ServiceFault, type Invocation, type Operation, type SoapService } from './service.ts'
import { drawQuote, printQuote } from './stock-quote.ts'
import { childOf, elementsOf, escapeXml, textOf } from './xml.ts'
import { wrapperElement } from './wsdl.ts'

const NAMESPACE = 'http://services.samples'
const BEAN = 'xmlns:ax21="http://services.samples/xsd" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'

/** What `placeOrder` was told. */
export interface Order {
  readonly price: number
  readonly quantity: number
  readonly symbol: string | undefined
}

/** The service with the number of orders it has accepted. */
export interface SimpleStockQuote extends SoapService {
  readonly orders: number
  readonly lastOrder: Order | undefined
}

/**
 * SimpleStockQuoteService of the classic samples: random quotes, a fault for the symbol ERR, orders that are only counted.
 * `delay` (milliseconds) makes every operation slow; the timeout samples use 15 s.
 */
export function simpleStockQuote({ name = 'SimpleStockQuoteService', delay = 0 } = {}): SimpleStockQuote {
  let orders = 0
  let lastOrder: Order | undefined
  const operations: Record<string, Operation> = {
    getQuote: (call) => response('getQuote', 'GetQuoteResponse', quoteOf(parameter(call, 'request'))),
    getSimpleQuote: (call) => {
      const symbol = parameter(call, 'symbol')
      return response('getSimpleQuote', 'GetQuoteResponse', printQuote(drawQuote(textOf(symbol))))
    },
    getFullQuote: (call) => response('getFullQuote', 'GetFullQuoteResponse', printHistory(parameter(call, 'request'))),
    getMarketActivity: (call) => {
      const symbols = elementsOf(parameter(call, 'request')).filter(
        (element) => element.name.toLowerCase() === 'symbols',
      )
      const quotes = symbols.map((symbol) => bean('quotes', 'GetQuoteResponse', printQuote(drawQuote(textOf(symbol)))))
      return response('getMarketActivity', 'GetMarketActivityResponse', quotes.join(''))
    },
    placeOrder: (call) => {
      lastOrder = readOrder(parameter(call, 'order'))
      orders++
      return undefined
    },
  }
  return {
    kind: 'soap',
    name,
    namespace: NAMESPACE,
    operations: new Map(Object.entries(operations).map(([key, run]) => [key, delay > 0 ? slowed(run, delay) : run])),
    wsdl: {
      schemas: SCHEMAS,
      inOnly: ['placeOrder'],
      faults: new Map([['getQuote', 'SimpleStockQuoteServiceException']]),
    },
    get orders() {
      return orders
    },
    get lastOrder() {
      return lastOrder
    },
  }
}

function slowed(run: Operation, delay: number): Operation {
  return async (call) => {
    await delayed(delay, undefined, { ref: false })
    return run(call)
  }
}

/** Axis2 takes the child of the parameter's name, or one that is called `arg…` or `item…`; with any other it fails. */
function parameter(call: Invocation, name: string): XmlElement {
  const taken = elementsOf(call.wrapper).find((element) => element.name === name || /^(?:arg|item)/.test(element.name))
  if (taken !== undefined) return taken
  throw new ServiceFault('Server', `The element ${call.wrapper?.name ?? call.operation} has no parameter ${name}.`)
}

/** A bean property: local names are compared without regard to letter case. */
function property(beanElement: XmlElement, name: string): string | undefined {
  const found = elementsOf(beanElement).find((element) => element.name.toLowerCase() === name.toLowerCase())
  return found && textOf(found)
}

function quoteOf(request: XmlElement): string {
  const symbol = property(request, 'symbol')
  if (symbol !== 'ERR') return printQuote(drawQuote(symbol))
  const reason = `Invalid stock symbol : ${symbol}`
  const message = `<ns:Message>${escapeXml(reason)}</ns:Message>`
  const inner = `<ns:SimpleStockQuoteServiceException>${message}</ns:SimpleStockQuoteServiceException>`
  throw new ServiceFault('Server', reason, {
    detail: `<ns:SimpleStockQuoteServiceException xmlns:ns="${NAMESPACE}">${inner}</ns:SimpleStockQuoteServiceException>`,
  })
}

function printHistory(request: XmlElement): string {
  const symbol = property(request, 'symbol')
  return Array.from({ length: 365 }, (_, day) => {
    const quote = bean('quote', 'GetQuoteResponse', printQuote(drawQuote(symbol)))
    return bean('tradeHistory', 'TradingDay', `<ax21:day>${day}</ax21:day>${quote}`)
  }).join('')
}

function bean(name: string, type: string, content: string): string {
  return `<ax21:${name} xsi:type="ax21:${type}">${content}</ax21:${name}>`
}

function response(operation: string, type: string, content: string): string {
  const name = `ns:${operation}Response`
  return `<${name} xmlns:ns="${NAMESPACE}"><ns:return ${BEAN} xsi:type="ax21:${type}">${content}</ns:return></${name}>`
}

function readOrder(order: XmlElement): Order {
  const number = (name: string) => {
    const value = Number(property(order, name) ?? 0)
    if (Number.isFinite(value)) return value
    throw new ServiceFault('Server', `The property ${name} of the order is not a number.`)
  }
  return {
    price: number('price'),
    quantity: number('quantity'),
    symbol: childOf(order, 'symbol') && property(order, 'symbol'),
  }
}

const QUOTE_FIELDS = [
  ...['change', 'earnings', 'high', 'last'].map((name) => `${name}:xs:double`),
  'lastTradeTimestamp:xs:string',
  ...['low', 'marketCap'].map((name) => `${name}:xs:double`),
  'name:xs:string',
  ...['open', 'peRatio', 'percentageChange', 'prevClose'].map((name) => `${name}:xs:double`),
  'symbol:xs:string',
  'volume:xs:int',
]

function beanType(name: string, ...fields: string[]): string {
  const declared = fields.map((field) => {
    const [fieldName = '', prefix = '', type = '', many = ''] = field.split(':')
    const nillable = prefix === 'xs' && type !== 'string' ? '' : ' nillable="true"'
    const unbounded = many === '' ? '' : ' maxOccurs="unbounded"'
    return `<xs:element minOccurs="0"${unbounded} name="${fieldName}"${nillable} type="${prefix}:${type}"/>`
  })
  return `<xs:complexType name="${name}"><xs:sequence>${declared.join('')}</xs:sequence></xs:complexType>`
}

function schema(namespace: string, ...content: string[]): string {
  const forms = 'attributeFormDefault="qualified" elementFormDefault="qualified"'
  return `<xs:schema ${forms} targetNamespace="${namespace}">${content.join('')}</xs:schema>`
}

const SCHEMAS =
  schema(
    `${NAMESPACE}/xsd`,
    beanType('GetQuote', 'symbol:xs:string'),
    beanType('GetQuoteResponse', ...QUOTE_FIELDS),
    beanType('GetFullQuote', 'symbol:xs:string'),
    beanType('TradingDay', 'day:xs:int', 'quote:ax21:GetQuoteResponse'),
    beanType('GetFullQuoteResponse', 'tradeHistory:ax21:TradingDay:many'),
    beanType('GetMarketActivity', 'symbols:xs:string:many'),
    beanType('GetMarketActivityResponse', 'quotes:ax21:GetQuoteResponse:many'),
    beanType('PlaceOrder', 'price:xs:double', 'quantity:xs:int', 'symbol:xs:string'),
  ) +
  schema(
    NAMESPACE,
    `<xs:import namespace="${NAMESPACE}/xsd"/>`,
    wrapperElement('getQuote', 'request:ax21:GetQuote'),
    wrapperElement('getQuoteResponse', 'return:ax21:GetQuoteResponse'),
    wrapperElement('getSimpleQuote', 'symbol:xs:string'),
    wrapperElement('getSimpleQuoteResponse', 'return:ax21:GetQuoteResponse'),
    wrapperElement('getFullQuote', 'request:ax21:GetFullQuote'),
    wrapperElement('getFullQuoteResponse', 'return:ax21:GetFullQuoteResponse'),
    wrapperElement('getMarketActivity', 'request:ax21:GetMarketActivity'),
    wrapperElement('getMarketActivityResponse', 'return:ax21:GetMarketActivityResponse'),
    wrapperElement('placeOrder', 'order:ax21:PlaceOrder'),
    '<xs:complexType name="Exception"><xs:sequence>',
    '<xs:element minOccurs="0" name="Message" nillable="true" type="xs:string"/>',
    '</xs:sequence></xs:complexType>',
    wrapperElement('SimpleStockQuoteServiceException', 'SimpleStockQuoteServiceException:ns:Exception'),
  )
