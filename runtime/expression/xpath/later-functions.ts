/** Functions that came with XPath 2.0: configurations that used them ran on an engine other than Synapse's default one. */
const LATER = new Set(
  (
    'abs adjust-date-to-timezone adjust-dateTime-to-timezone adjust-time-to-timezone avg base-uri codepoint-equal ' +
    'codepoints-to-string collection compare current-date current-dateTime current-time data dateTime day-from-date ' +
    'day-from-dateTime days-from-duration deep-equal default-collation distinct-values doc doc-available document-uri empty ' +
    'encode-for-uri ends-with error escape-html-uri exactly-one exists format-date format-dateTime format-number format-time ' +
    'hours-from-dateTime hours-from-duration hours-from-time idref implicit-timezone in-scope-prefixes index-of insert-before ' +
    'iri-to-uri local-name-from-QName lower-case matches max min minutes-from-dateTime minutes-from-duration ' +
    'minutes-from-time month-from-date month-from-dateTime months-from-duration namespace-uri-for-prefix ' +
    'namespace-uri-from-QName nilled node-name normalize-unicode one-or-more prefix-from-QName QName remove replace ' +
    'resolve-QName resolve-uri reverse root round-half-to-even seconds-from-dateTime seconds-from-duration seconds-from-time ' +
    'static-base-uri string-join string-to-codepoints subsequence timezone-from-date timezone-from-dateTime ' +
    'timezone-from-time tokenize trace unordered upper-case year-from-date year-from-dateTime years-from-duration zero-or-one'
  ).split(' '),
)

export const isLaterFunction = (name: string): boolean => LATER.has(name)
