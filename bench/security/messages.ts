/** A SOAP message of about so many bytes, made of rows as a service returns them. */
export function rowsMessage(bytes: number): string {
  const rows: string[] = []
  for (let size = 0, n = 0; size < bytes; n++) {
    const row = `<m:row><m:id>${n}</m:id><m:symbol>IBM${n % 100}</m:symbol><m:price currency="EUR">${(n * 7) % 1000}.25</m:price><m:note>shipped &amp; paid</m:note></m:row>`
    rows.push(row)
    size += row.length
  }
  return envelope(`<m:rows>${rows.join('')}</m:rows>`)
}

/** A SOAP message with one base64 text of about so many bytes. */
export const blobMessage = (bytes: number): string =>
  envelope(
    `<m:upload><m:image>${Buffer.alloc(Math.ceil((bytes * 3) / 4 / 3) * 3, 0x5a).toString('base64')}</m:image></m:upload>`,
  )

const envelope = (payload: string): string =>
  `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://services.samples"><soapenv:Header/><soapenv:Body>${payload}</soapenv:Body></soapenv:Envelope>`
