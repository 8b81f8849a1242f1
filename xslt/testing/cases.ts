/** A stylesheet body and a document; what comes out is compared with what xsltproc makes of them. */
export interface DifferentialCase {
  readonly name: string
  /** Children of `xsl:stylesheet`. */
  readonly sheet: string
  readonly document?: string
  /** Further attributes of `xsl:stylesheet`. */
  readonly attributes?: string
}

export const DOCUMENT = `<?xml version="1.0"?>
<!-- orders --><orders xmlns:x="urn:x" currency="EUR">
  <order id="3" x:rank="b"><item qty="2" price="9.50">Pen</item><item qty="10" price="1.25">Nib</item><note/></order>
  <order id="1" x:rank="a"><item qty="1" price="120">Desk &amp; chair</item><x:extra>more</x:extra></order>
  <order id="2"><item qty="7" price="3">ink</item><item qty="7" price="3">Ink</item><?pi some data?><!-- in --></order>
  <mixed>one <b>two</b> three <i>four <b>five</b></i> six</mixed>
</orders>`

const t = (match: string, body: string, more = ''): string =>
  `<xsl:template match="${match}" ${more}>${body}</xsl:template>`
const root = (body: string): string => t('/', `<out>${body}</out>`)
const v = (select: string): string => `<v><xsl:value-of select="${select}"/></v>`
const values = (...selects: string[]): string => root(selects.map(v).join(''))

/** A stylesheet each for the parts of the language, chapter by chapter of XSLT 1.0. */
export const CASES: readonly DifferentialCase[] = [
  { name: 'no template at all', sheet: '' },
  { name: 'built-in rules with one template', sheet: t('item', '[<xsl:value-of select="."/>]') },
  { name: 'identity', sheet: t('@*|node()', '<xsl:copy><xsl:apply-templates select="@*|node()"/></xsl:copy>') },
  { name: 'deep copy of the root', sheet: t('/', '<xsl:copy-of select="."/>') },
  {
    name: 'deep copy of parts',
    sheet: root(
      '<xsl:copy-of select="//order[1]"/><xsl:copy-of select="//item/text()"/><c><xsl:copy-of select="//order[1]/@*"/></c>',
    ),
  },
  {
    name: 'simplified rules by name, kind and priority',
    sheet:
      t('/', '<o><xsl:apply-templates select="//order[3]/node()|//comment()"/></o>') +
      t('*', 'E') +
      t('item', 'I') +
      t('text()', 'T') +
      t('comment()', 'C') +
      t('processing-instruction()', 'P'),
  },
  {
    name: 'explicit priority wins',
    sheet:
      root('<xsl:apply-templates select="//item"/>') +
      t('item', 'a', 'priority="-1"') +
      t('*', 'b', 'priority="2"') +
      t('item[@qty]', 'c'),
  },
  {
    name: 'the last of equals wins',
    sheet:
      root('<xsl:apply-templates select="//note"/>') + t('note', '1') + t('order/note', '2') + t('*[self::note]', '3'),
  },
  {
    name: 'patterns with paths',
    sheet:
      root('<xsl:apply-templates select="//b"/>') + t('b', '1') + t('i/b', '2') + t('mixed//b', '3', 'priority="0.1"'),
  },
  {
    name: 'patterns with positions',
    sheet:
      root('<xsl:apply-templates select="//item"/>') +
      t('item', '-') +
      t('item[1]', 'first ') +
      t('order[last()]/item[position()=2]', 'second of last ', 'priority="1"'),
  },
  {
    name: 'patterns with attributes and root',
    sheet:
      t('/', '<xsl:apply-templates select="*"/>') +
      t('/orders', '<r><xsl:apply-templates select="//@*"/></r>') +
      t('@id', '<id/>') +
      t('@*', '<other/>'),
  },
  {
    name: 'patterns with namespaces',
    attributes: 'xmlns:x="urn:x" exclude-result-prefixes="x"',
    sheet: root('<xsl:apply-templates select="//x:*|//@x:rank"/>') + t('x:extra', 'E') + t('@x:*', 'R'),
  },
  {
    name: 'key patterns',
    sheet:
      '<xsl:key name="k" match="order" use="@id"/>' +
      root('<xsl:apply-templates select="//order"/>') +
      t('order', 'o') +
      t("key('k','2')", 'two'),
  },
  {
    name: 'modes',
    sheet:
      root('<xsl:apply-templates select="//item" mode="a"/><xsl:apply-templates select="//item" mode="b"/>') +
      t('item', 'A', 'mode="a"') +
      t('item', 'B', 'mode="b"') +
      t('item', 'none'),
  },
  {
    name: 'a mode without rules uses the built-in ones',
    sheet: root('<xsl:apply-templates select="//order[1]" mode="none"/>'),
  },
  {
    name: 'named templates with parameters',
    sheet:
      root(
        '<xsl:call-template name="n"><xsl:with-param name="a" select="1+1"/><xsl:with-param name="b">text</xsl:with-param></xsl:call-template>',
      ) +
      '<xsl:template name="n"><xsl:param name="a"/><xsl:param name="b"/><xsl:param name="c" select="\'dflt\'"/><xsl:value-of select="concat($a,$b,$c)"/></xsl:template>',
  },
  {
    name: 'recursion',
    sheet:
      root('<xsl:call-template name="f"><xsl:with-param name="n" select="20"/></xsl:call-template>') +
      '<xsl:template name="f"><xsl:param name="n"/><xsl:choose><xsl:when test="$n &lt; 1">.</xsl:when><xsl:otherwise><xsl:value-of select="$n"/>,<xsl:call-template name="f"><xsl:with-param name="n" select="$n - 1"/></xsl:call-template></xsl:otherwise></xsl:choose></xsl:template>',
  },
  {
    name: 'parameters through apply-templates and built-in rules',
    sheet:
      root('<xsl:apply-templates select="//order[1]"><xsl:with-param name="p" select="\'x\'"/></xsl:apply-templates>') +
      t('item', '<xsl:param name="p" select="\'default\'"/><xsl:value-of select="$p"/>'),
  },
  {
    name: 'for-each, position and last',
    sheet: root(
      '<xsl:for-each select="//item"><p n="{position()}" of="{last()}"><xsl:value-of select="."/></p></xsl:for-each>',
    ),
  },
  {
    name: 'if and choose',
    sheet: root(
      '<xsl:for-each select="//item"><xsl:if test="@qty &gt; 5">many </xsl:if><xsl:choose><xsl:when test="@price &lt; 2">cheap</xsl:when><xsl:when test="@price &gt; 100">dear</xsl:when><xsl:otherwise>-</xsl:otherwise></xsl:choose>;</xsl:for-each>',
    ),
  },
  {
    name: 'variables, shadowed in blocks',
    sheet:
      '<xsl:variable name="g" select="//order"/>' +
      root(
        '<xsl:variable name="a" select="1"/><xsl:for-each select="$g"><xsl:variable name="b" select="@id + $a"/><xsl:value-of select="$b"/></xsl:for-each><xsl:value-of select="count($g)"/>',
      ),
  },
  {
    name: 'global variables use each other in any order',
    sheet:
      '<xsl:variable name="a" select="$b + 1"/><xsl:variable name="b" select="count(//item)"/>' + values('$a', '$b'),
  },
  {
    name: 'result tree fragments',
    sheet: root(
      '<xsl:variable name="f"><a>1</a><b>2</b></xsl:variable><xsl:copy-of select="$f"/><xsl:value-of select="$f"/><xsl:value-of select="string-length($f)"/>',
    ),
  },
  {
    name: 'sort as text and numbers',
    sheet: root(
      '<xsl:for-each select="//item"><xsl:sort select="@price" data-type="number"/><xsl:value-of select="."/>,</xsl:for-each><xsl:for-each select="//item"><xsl:sort select="@price"/><xsl:value-of select="@price"/>,</xsl:for-each>',
    ),
  },
  {
    name: 'sort by several keys',
    sheet: root(
      '<xsl:for-each select="//item"><xsl:sort select="@qty" data-type="number" order="descending"/><xsl:sort select="@price" data-type="number"/><xsl:value-of select="concat(@qty,\'/\',@price,\' \')"/></xsl:for-each>',
    ),
  },
  {
    name: 'sort in apply-templates, stable',
    sheet:
      root('<xsl:apply-templates select="//order"><xsl:sort select="count(item)"/></xsl:apply-templates>') +
      t('order', "<xsl:value-of select=\"concat(position(),':',@id,' ')\"/>"),
  },
  {
    name: 'numbers by value',
    sheet: root(
      ['1', '01', 'a', 'A', 'i', 'I', '(1)', '1.', '-a-']
        .map((f) => `<xsl:for-each select="//item"><xsl:number value="position() * 9" format="${f}"/>;</xsl:for-each>`)
        .join(''),
    ),
  },
  {
    name: 'numbers with grouping',
    sheet: root('<xsl:number value="1234567" grouping-separator="," grouping-size="3"/>'),
  },
  { name: 'numbers by counting siblings', sheet: root('<xsl:for-each select="//item"><xsl:number/>,</xsl:for-each>') },
  {
    name: 'numbers on several levels',
    sheet: root(
      '<xsl:for-each select="//item"><xsl:number level="multiple" count="order|item" format="1.a "/></xsl:for-each>',
    ),
  },
  {
    name: 'numbers on any level',
    sheet: root(
      '<xsl:for-each select="//item|//b"><xsl:number level="any" count="item|b"/>,</xsl:for-each><xsl:for-each select="//item"><xsl:number level="any" from="order"/>,</xsl:for-each>',
    ),
  },
  {
    name: 'elements and attributes with computed names',
    attributes: 'xmlns:y="urn:y"',
    sheet: root(
      '<xsl:for-each select="//item[1]"><xsl:element name="e{position()}"><xsl:attribute name="a-{@qty}"><xsl:value-of select="@price"/></xsl:attribute></xsl:element></xsl:for-each><xsl:element name="y:e"/><xsl:element name="z" namespace="urn:z"/><xsl:element name="p:z" namespace="urn:p"/>',
    ),
  },
  {
    name: 'attributes replace those of the same name',
    sheet: root('<e a="1"><xsl:attribute name="a">2</xsl:attribute></e>'),
  },
  {
    name: 'attribute value templates',
    sheet: root('<e a="{1+1}" b="x{//order[1]/@id}y{{z}}" c="{concat(\'}\',&quot;{&quot;)}"/>'),
  },
  {
    name: 'attribute sets',
    sheet:
      '<xsl:attribute-set name="s" use-attribute-sets="b"><xsl:attribute name="a">1</xsl:attribute></xsl:attribute-set><xsl:attribute-set name="b"><xsl:attribute name="b">2</xsl:attribute><xsl:attribute name="a">0</xsl:attribute></xsl:attribute-set>' +
      root(
        '<e xsl:use-attribute-sets="s"/><xsl:element name="f" use-attribute-sets="s"><xsl:attribute name="b">3</xsl:attribute></xsl:element>',
      ),
  },
  {
    name: 'text, comments and instructions',
    sheet: root(
      '<xsl:text> a  b </xsl:text><xsl:comment>c <xsl:value-of select="1+1"/></xsl:comment><xsl:processing-instruction name="p">d</xsl:processing-instruction>',
    ),
  },
  { name: 'white space of the stylesheet', sheet: root('  <a> x </a>\n <b>  </b> <c xml:space="preserve">  </c>') },
  {
    name: 'white space stripped from the source',
    sheet:
      '<xsl:strip-space elements="*"/><xsl:preserve-space elements="mixed"/>' + t('/', '<xsl:copy-of select="."/>'),
  },
  {
    name: 'copy with attributes and children',
    sheet:
      t('order', '<xsl:copy><xsl:copy-of select="@id"/><xsl:apply-templates/></xsl:copy>') +
      t('item', '<xsl:copy/>') +
      t('/', '<o><xsl:apply-templates select="//order"/></o>'),
  },
  {
    name: 'keys',
    sheet:
      '<xsl:key name="q" match="item" use="@qty"/>' +
      root(
        "<xsl:for-each select=\"key('q','7')\"><xsl:value-of select='.'/>,</xsl:for-each><xsl:value-of select=\"count(key('q',//item/@qty))\"/>",
      ),
  },
  {
    name: 'grouping by keys',
    sheet:
      '<xsl:key name="p" match="item" use="@price"/>' +
      root(
        "<xsl:for-each select=\"//item[generate-id() = generate-id(key('p',@price)[1])]\"><g p='{@price}' n='{count(key(\"p\",@price))}'/></xsl:for-each>",
      ),
  },
  {
    name: 'current()',
    sheet: root(
      '<xsl:for-each select="//item"><xsl:value-of select="count(//item[@qty = current()/@qty])"/></xsl:for-each>',
    ),
  },
  {
    name: 'format-number',
    sheet: values(
      ...[
        "1234567.891,'#,##0.00'",
        "0.5,'0%'",
        "-3.14159,'#.##'",
        "5,'000'",
        "0,'#'",
        "0,'#.#'",
        "1000000,'#,###'",
        "-5,'0;(0)'",
        "3.5,'0'",
        "1 div 0,'0'",
        "number('x'),'0'",
        "1234.5,'$#,##0.00'",
      ].map((a) => `format-number(${a})`),
    ),
  },
  {
    name: 'format-number with another format',
    sheet:
      '<xsl:decimal-format name="eu" decimal-separator="," grouping-separator="."/>' +
      values("format-number(1234.5,'#.##0,00','eu')"),
  },
  {
    name: 'string functions',
    sheet: values(
      "concat('a','b')",
      "substring('12345',2,3)",
      "substring-before('a-b','-')",
      "substring-after('a-b','-')",
      "translate('abc','ab','x')",
      "normalize-space('  a  b ')",
      "string-length('abc')",
      "starts-with('ab','a')",
      "contains('ab','c')",
    ),
  },
  {
    name: 'number functions',
    sheet: values('sum(//@qty)', 'floor(2.7)', 'ceiling(2.2)', 'round(2.5)', '7 mod 3', '10 div 4', '-0'),
  },
  {
    name: 'node functions',
    attributes: 'xmlns:x="urn:x" exclude-result-prefixes="x"',
    sheet: values(
      'name(//x:extra)',
      'local-name(//x:extra)',
      'namespace-uri(//x:extra)',
      'count(//node())',
      'name(//@x:rank)',
      'position()',
      'last()',
    ),
  },
  {
    name: 'function-available and element-available',
    attributes: 'xmlns:e="http://exslt.org/common"',
    sheet: values(
      "function-available('concat')",
      "function-available('none')",
      "element-available('xsl:if')",
      "element-available('xsl:none')",
      "function-available('e:node-set')",
    ),
  },
  {
    name: 'namespaces of literal elements',
    attributes: 'xmlns:y="urn:y" xmlns="urn:d"',
    sheet: root('<y:a/><b xmlns=""><c/></b><d xmlns:z="urn:z" z:e="1"/>'),
  },
  {
    name: 'excluded namespaces',
    attributes: 'xmlns:y="urn:y" xmlns:z="urn:z" exclude-result-prefixes="y"',
    sheet: root('<a/><b xmlns:w="urn:w" xsl:exclude-result-prefixes="w"/>'),
  },
  {
    name: 'copying nodes with namespaces',
    attributes: 'xmlns:x="urn:x"',
    sheet: root(
      '<xsl:copy-of select="//x:extra"/><xsl:for-each select="//x:extra"><xsl:copy><xsl:apply-templates/></xsl:copy></xsl:for-each>',
    ),
  },
  {
    name: 'output as text',
    sheet: '<xsl:output method="text"/>' + t('/', '<a>x &lt; y</a><xsl:value-of select="//order[2]/item"/>'),
  },
  { name: 'output without declaration', sheet: '<xsl:output omit-xml-declaration="yes"/>' + root('a') },
  {
    name: 'output with doctype and standalone',
    sheet: '<xsl:output doctype-system="a.dtd" doctype-public="-//A" standalone="yes" encoding="UTF-8"/>' + root('a'),
  },
  {
    name: 'output with cdata sections',
    sheet: '<xsl:output cdata-section-elements="c"/>' + root('<c>a &lt; b</c><d>a &lt; b</d>'),
  },
  { name: 'output indented', sheet: '<xsl:output indent="yes"/>' + root('<a><b/><c>x</c></a><d><e><f/></e></d>') },
  {
    name: 'disable-output-escaping',
    sheet: root(
      '<xsl:text disable-output-escaping="yes">&lt;raw/&gt;</xsl:text><xsl:value-of select="\'&lt;\'" disable-output-escaping="yes"/>',
    ),
  },
  {
    name: 'html by its root',
    sheet:
      '<xsl:output indent="no"/>' +
      t(
        '/',
        '<html><head><title>T &amp; t</title></head><body><br/><p class="a">x<img src="a b.png"/></p><input checked="checked"/><script>if (a &lt; b) {}</script></body></html>',
      ),
  },
  {
    name: 'html by setting',
    sheet:
      '<xsl:output method="html" indent="no"/>' +
      t('/', '<div><hr/><p>a<b>c</b></p><option selected="selected" value="&amp;">é</option></div>'),
  },
  {
    name: 'exsl:node-set',
    attributes: 'xmlns:exsl="http://exslt.org/common" exclude-result-prefixes="exsl"',
    sheet: root(
      '<xsl:variable name="f"><a n="2"/><a n="1"/></xsl:variable><xsl:for-each select="exsl:node-set($f)/a"><xsl:sort select="@n"/><xsl:value-of select="@n"/></xsl:for-each><xsl:value-of select="exsl:object-type($f)"/>',
    ),
  },
  {
    name: 'exslt sets',
    attributes: 'xmlns:set="http://exslt.org/sets" exclude-result-prefixes="set"',
    sheet: values(
      'count(set:distinct(//@price))',
      'count(set:difference(//item,//order[1]/item))',
      'count(set:intersection(//item,//order[1]/*))',
      'set:has-same-node(//item,//order)',
      'count(set:leading(//item,//item[3]))',
      'count(set:trailing(//item,//item[3]))',
    ),
  },
  {
    name: 'exslt strings',
    attributes: 'xmlns:str="http://exslt.org/strings" exclude-result-prefixes="str"',
    sheet: root(
      `<xsl:for-each select="str:tokenize('a b,c',' ,')"><t><xsl:value-of select="."/></t></xsl:for-each><xsl:for-each select="str:split('a--b','--')"><t><xsl:value-of select="."/></t></xsl:for-each>`,
    ),
  },
  {
    name: 'exslt string values',
    attributes: 'xmlns:str="http://exslt.org/strings" exclude-result-prefixes="str"',
    sheet: values(
      "str:padding(5,'ab')",
      "str:align('a','-----','right')",
      "str:align('a','-----','center')",
      'str:concat(//item)',
      "str:replace('abab','a','x')",
      "str:encode-uri('a b/ü',true())",
      "str:decode-uri('a%20b')",
    ),
  },
  {
    name: 'exslt math',
    attributes: 'xmlns:math="http://exslt.org/math" exclude-result-prefixes="math"',
    sheet: values(
      'math:max(//@qty)',
      'math:min(//@price)',
      'count(math:highest(//@qty))',
      'math:abs(-3)',
      'math:sqrt(16)',
      'math:power(2,10)',
      'math:max(//none)',
    ),
  },
  {
    name: 'exslt dates',
    attributes: 'xmlns:date="http://exslt.org/dates-and-times" exclude-result-prefixes="date"',
    sheet: values(
      "date:year('2024-02-29T10:11:12Z')",
      "date:month-in-year('2024-02-29')",
      "date:day-in-week('2024-02-29')",
      "date:day-in-year('2024-12-31')",
      "date:week-in-year('2024-12-31')",
      "date:week-in-year('2021-01-03')",
      "date:month-name('2024-02-29')",
      "date:day-name('2024-02-29')",
      "date:leap-year('2024')",
      "date:add('2024-01-31','P1M')",
      "date:add('2024-01-31T10:00:00Z','PT36H')",
      "date:difference('2024-01-01','2024-03-01')",
      "date:hour-in-day('2024-02-29T10:11:12Z')",
      "date:date('2024-02-29T10:11:12Z')",
      "date:time('2024-02-29T10:11:12Z')",
      "date:seconds('1970-01-02T00:00:00Z')",
      "date:day-abbreviation('2024-02-29')",
    ),
  },
  { name: 'messages do not show in the result', sheet: root('<xsl:message>hello</xsl:message>a') },
  {
    name: 'a comparison of every kind',
    sheet: values(
      "//@id = '2'",
      "//@id != '2'",
      '//@qty &gt; 8',
      "//none = ''",
      'not(//none)',
      "'1' = 1",
      "true() = 'x'",
      '//item = //item',
      'count(//order[item[2]])',
    ),
  },
  {
    name: 'axes',
    sheet: values(
      'name(//item[1]/..)',
      'count(//item[1]/following::*)',
      'count(//note/preceding-sibling::*)',
      'name(//b/ancestor::*[1])',
      'count(//order/descendant-or-self::node())',
      'count(//order[1]/namespace::*)',
      'name(//item/following-sibling::*[1])',
    ),
  },
]
