import type { DecisionPoint, DecisionRequest, DecisionResult } from 'viaduct'
import { Indeterminate } from '../evaluation/indeterminate.ts'
import { refusal } from '../refusal.ts'
import { readRequestElement, readRequest, type ReadRequest } from '../xml/read-request.ts'
import { writeResponse } from '../xml/write-response.ts'

/** Answers a `<Request>` with a `<Response>` of the same version; one that cannot be read is Indeterminate with `syntax-error`. */
export async function decideXml(point: DecisionPoint, text: string, signal: AbortSignal): Promise<string> {
  return decideRead(point, () => readRequest(text), signal)
}

/** Likewise, from a tree. */
export async function decideElement(
  point: DecisionPoint,
  root: Parameters<typeof readRequestElement>[0],
  signal: AbortSignal,
): Promise<string> {
  return decideRead(point, () => readRequestElement(root), signal)
}

async function decideRead(point: DecisionPoint, read: () => ReadRequest, signal: AbortSignal): Promise<string> {
  let asked: ReadRequest
  try {
    asked = read()
  } catch (thrown) {
    if (thrown instanceof Indeterminate) return writeResponse([refusal(thrown.status)])
    throw thrown
  }
  return writeResponse(await point.decide(asked.request, signal), asked.version)
}

const XSD_STRING = 'http://www.w3.org/2001/XMLSchema#string'

/** The question of Identity Server's shorter operations: who wants to do what, in which surroundings. */
export function requestOf(
  subject: string,
  resource: string,
  action: string,
  environment: readonly string[],
): DecisionRequest {
  const category = (uri: string, id: string, values: readonly string[]) => ({
    category: uri,
    attributes: [{ id, values: values.map((text) => ({ type: XSD_STRING, text })) }],
  })
  const environmentId = 'urn:oasis:names:tc:xacml:1.0:environment:environment-id'
  return {
    categories: [
      category(SUBJECT, 'urn:oasis:names:tc:xacml:1.0:subject:subject-id', [subject]),
      category(RESOURCE, 'urn:oasis:names:tc:xacml:1.0:resource:resource-id', [resource]),
      category(ACTION, 'urn:oasis:names:tc:xacml:1.0:action:action-id', [action]),
      ...(environment.length > 0 ? [category(ENVIRONMENT, environmentId, environment)] : []),
    ],
  }
}

export const SUBJECT = 'urn:oasis:names:tc:xacml:1.0:subject-category:access-subject'
export const RESOURCE = 'urn:oasis:names:tc:xacml:3.0:attribute-category:resource'
export const ACTION = 'urn:oasis:names:tc:xacml:3.0:attribute-category:action'
export const ENVIRONMENT = 'urn:oasis:names:tc:xacml:3.0:attribute-category:environment'

/** Every answer permits. */
export const permitted = (results: readonly DecisionResult[]): boolean =>
  results.length > 0 && results.every(({ decision }) => decision === 'Permit')
