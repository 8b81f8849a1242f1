export { createHttpListener, type HttpListenerOptions } from './http/listener.ts'
export { createOverload, type Overload } from './http/overload.ts'
export { createHttpSender } from './http/sender.ts'
export { createLocalSender, type LocalOptions } from './local/local-sender.ts'
