import { flag, property } from 'viaduct'

export const FORCE_SC_ACCEPTED = property(
  'FORCE_SC_ACCEPTED',
  'axis2',
  flag,
  'The client gets 202 before the message is sent; a later answer is dropped.',
)

export const IGNORE_SC_ACCEPTED = property(
  'IGNORE_SC_ACCEPTED',
  'axis2',
  flag,
  'A 202 of the back end is no answer: nothing comes back.',
)

export const FORCE_ERROR_ON_SOAP_FAULT = property(
  'FORCE_ERROR_ON_SOAP_FAULT',
  'default',
  flag,
  'A SOAP fault in the answer is a failure of the endpoint (500000).',
)
