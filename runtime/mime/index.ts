export { formatMediaType, type MediaType, parseMediaType } from './media-type.ts'
export { MimeError } from './mime-error.ts'
export {
  MULTIPART_LIMITS,
  type MultipartLimits,
  type MultipartOptions,
  readMultipart,
  readRelated,
  type Related,
} from './multipart.ts'
export { readPartHeaders } from './part-headers.ts'
export { makePart, type MimePart } from './part.ts'
export { type MimeEntity, type OutgoingPart, writeMultipart } from './write-multipart.ts'
export { inlineXop, type RelatedOptions, writeMtom, writeSwa } from './xop.ts'
