import type { X509Certificate } from 'node:crypto'
import type { XmlElement } from 'viaduct'
import type { SecurityResults, VerifiedSignature } from '../security-results.ts'
import { readTrustRequest, type TrustRequest } from './trust-request.ts'
import { type IssuedToken, writeCancelResponse, writeIssueResponse, writeValidateResponse } from './trust-response.ts'
import { TrustFailure } from './trust-failure.ts'
import { responseAction, type TrustAction } from './trust-version.ts'

/** Who asks: what the verification of the request proved. */
export interface TrustCaller {
  /** User, certificate subject or principal. A token service answers nobody without a name. */
  readonly principal: string | undefined
  readonly certificate: X509Certificate | undefined
  readonly results: SecurityResults
  /** Those of the results that were made for this request: any other may have been copied from elsewhere, and proves no key. */
  readonly signatures: readonly VerifiedSignature[]
  /** Roles and the like, by claim name. */
  readonly claims?: ReadonlyMap<string, readonly string[]> | undefined
}

/** Makes and keeps one kind of tokens. Whatever is refused throws a {@link TrustFailure}. */
export interface TokenProvider {
  /** TokenTypes that are asked for; the first is the default. */
  readonly tokenTypes: readonly string[]
  /** Whether a token or a reference to one is of this kind. */
  owns(target: XmlElement): boolean
  issue(request: TrustRequest, caller: TrustCaller, now: number): IssuedToken
  renew(target: XmlElement, request: TrustRequest, caller: TrustCaller, now: number): IssuedToken
  cancel(target: XmlElement, caller: TrustCaller, now: number): void
  /** Why a token is not valid; undefined when it is. */
  invalid(target: XmlElement, caller: TrustCaller, now: number): string | undefined | Promise<string | undefined>
}

/** An answer to be sent, protected like any other. */
export interface TrustAnswer {
  readonly action: string
  /** The child of the body. */
  readonly element: XmlElement
}

/**
 * A security token service (WS-Trust 2005/02 and 1.3): Issue, Renew, Cancel and Validate with the kinds of tokens that it is
 * given. It relies on the verification of the message, which is not its business.
 */
export class TokenService {
  readonly #providers: readonly TokenProvider[]

  constructor(providers: readonly TokenProvider[]) {
    this.#providers = providers
  }

  /** Answers a verified request: the child of its body. Throws a {@link TrustFailure}. */
  async answer(element: XmlElement, action: TrustAction, caller: TrustCaller, now: number): Promise<TrustAnswer> {
    const request = readTrustRequest(element)
    if (request.version !== action.version || request.operation !== action.operation) {
      throw new TrustFailure('InvalidRequest', 'the action and the request do not go together')
    }
    if (caller.principal === undefined && caller.certificate === undefined && caller.results.signatures.length === 0) {
      throw new TrustFailure('FailedAuthentication', 'the requestor is not known')
    }
    return { action: responseAction(action), element: await this.#respond(request, action, caller, now) }
  }

  async #respond(request: TrustRequest, action: TrustAction, caller: TrustCaller, now: number): Promise<XmlElement> {
    if (request.operation === 'issue')
      return writeIssueResponse(request, this.#providerFor(request, action).issue(request, caller, now))
    const { target } = request
    if (target === undefined) throw new TrustFailure('InvalidRequest', 'it names no token')
    const provider = this.#providers.find((each) => each.owns(target))
    if (provider === undefined) throw new TrustFailure('RequestFailed', `tokens like ${target.name} are not kept here`)
    switch (request.operation) {
      case 'renew':
        return writeIssueResponse(request, provider.renew(target, request, caller, now))
      case 'cancel':
        provider.cancel(target, caller, now)
        return writeCancelResponse(request)
      case 'validate': {
        const reason = await provider.invalid(target, caller, now)
        // The reason is for the log: whoever asks about tokens of others learns only whether they hold.
        return writeValidateResponse(
          request,
          reason === undefined,
          reason === undefined ? 'The token is valid' : 'The token is not valid',
        )
      }
    }
  }

  #providerFor({ tokenType, version }: TrustRequest, action: TrustAction): TokenProvider {
    const wanted = tokenType ?? (action.context ? `${version.conversation}/sct` : undefined)
    const provider =
      wanted === undefined ? this.#providers[0] : this.#providers.find(({ tokenTypes }) => tokenTypes.includes(wanted))
    if (provider === undefined)
      throw new TrustFailure('RequestFailed', `tokens of type ${wanted ?? '(none)'} are not issued here`)
    return provider
  }
}
