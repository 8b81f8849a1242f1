import { elements, setText, textOf, type XmlElement } from 'viaduct'

export const alias = 'samples.mediators.DiscountQuoteMediator'

/** What this class uses of the message context that it is given. */
interface Quote {
  getEnvelope(): XmlElement
  setHeader(name: string, value: string): void
}

/** Takes a discount off the price of a quote, and five percent more for the first customers. */
export default class DiscountQuoteMediator {
  discountFactor = 0
  bonusFor = 0
  #served = 0

  mediate(quote: Quote): boolean {
    const price = find(quote.getEnvelope(), 'last')
    if (price === undefined) return true
    const percent = this.discountFactor + (this.#served++ < this.bonusFor ? 5 : 0)
    setText(price, String(Number(textOf(price)) * (1 - percent / 100)))
    quote.setHeader('X-Discount', `${percent}%`)
    return true
  }
}

function find(element: XmlElement, name: string): XmlElement | undefined {
  if (element.name === name) return element
  for (const child of elements(element)) {
    const found = find(child, name)
    if (found !== undefined) return found
  }
  return undefined
}
