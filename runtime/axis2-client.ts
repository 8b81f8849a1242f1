import { boolean, idle, string } from './attributes.ts'

const withoutClient = (name: string): string =>
  `${name}: no Axis2 client is used here, so that nothing can configure it; timeouts and TLS are in viaduct.config.json`

/** Attributes that configure the Axis2 client of upstream's blocking calls. */
export const axis2Client = {
  initAxis2ClientOptions: idle(boolean('Without effect.'), withoutClient('initAxis2ClientOptions'), 'true'),
  useServerConfig: idle(boolean('Without effect.'), withoutClient('useServerConfig'), 'false'),
  axis2xml: idle(string('Without effect.'), withoutClient('axis2xml')),
  repository: idle(string('Without effect.'), withoutClient('repository')),
}
