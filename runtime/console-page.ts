import type { Html } from './html.ts'
import type { User } from './users.ts'

/** A request for a page of the console. Who it is from, and that he meant it, has been checked. */
export interface ConsoleRequest {
  readonly method: 'GET' | 'POST'
  /** What follows the path of the page: '' or `/…`, decoded. */
  readonly path: string
  readonly query: URLSearchParams
  /** Fields of a form that was sent; empty for GET. */
  readonly form: URLSearchParams
  readonly user: User
  /** May change things; others only look. */
  readonly mayChange: boolean
  /** A hidden field that every form needs. */
  readonly formToken: Html
}

/** A page, or where to go after a form: `notice` is shown there once. */
export type ConsoleAnswer =
  | { readonly title: string; readonly main: Html; readonly status?: number }
  | { readonly redirect: string; readonly notice?: string; readonly failed?: boolean }

/** A section of the console on the admin port. */
export interface ConsolePage {
  /** As the navigation shows it. */
  readonly label: string
  /** `/tasks`; everything below belongs to it. */
  readonly path: string
  /** What waits there for somebody; 0 is not shown. */
  count?(): Promise<number>
  /** Undefined when there is no such page. */
  answer(request: ConsoleRequest): Promise<ConsoleAnswer | undefined>
}
