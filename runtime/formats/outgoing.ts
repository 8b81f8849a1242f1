export { acknowledgement, writeReply } from './outgoing-reply.ts'
export { type RequestTarget, writeRequest } from './outgoing-request.ts'
