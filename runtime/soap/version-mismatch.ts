import { Fault } from '../fault.ts'
import type { SoapVersion } from './envelope.ts'

/** The envelope is of no version that is known, or of another one than HTTP says (SOAP 1.2 part 1, section 5.4.7). */
export class VersionMismatch extends Fault {
  /** The version in which the answer is to be written. */
  readonly version: SoapVersion

  constructor(message: string, version: SoapVersion) {
    super(601000, message)
    this.version = version
  }
}
