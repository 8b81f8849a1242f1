import { type Arrival, DEFAULT_SETTINGS, Headers, type Listener, type Settings, silentLogger } from 'viaduct'
import { createHttpListener, type HttpListenerOptions } from '../http/listener.ts'

export interface Changes {
  readonly limits?: Partial<Settings['limits']>
  readonly timeouts?: Partial<Settings['timeouts']>
  readonly http?: Partial<Settings['http']>
  readonly egress?: Settings['egress']
}

/** Default settings with some of them changed. */
export const settingsWith = ({ limits, timeouts, http, egress }: Changes = {}): Settings => ({
  ...DEFAULT_SETTINGS,
  limits: { ...DEFAULT_SETTINGS.limits, ...limits },
  timeouts: { ...DEFAULT_SETTINGS.timeouts, drain: 100, shutdown: 2_000, ...timeouts },
  http: { ...DEFAULT_SETTINGS.http, ...http },
  egress: egress ?? DEFAULT_SETTINGS.egress,
})

/** A listener on a free port of the loopback interface. */
export const openListener = (
  dispatch: (arrival: Arrival) => void,
  changes: Changes & Partial<HttpListenerOptions> = {},
): Promise<Listener> => {
  const { limits: _limits, timeouts: _timeouts, http: _http, egress: _egress, ...options } = changes
  return createHttpListener({
    settings: settingsWith(changes),
    log: silentLogger,
    host: '127.0.0.1',
    port: 0,
    dispatch,
    ...options,
  })
}

/** Answers a text. */
export const say = (arrival: Arrival, text: string, status = 200): void =>
  void arrival.reply({ status, headers: Headers.of({ 'Content-Type': 'text/plain' }), body: Buffer.from(text) })

/** Answers what was asked: method, target and body. */
export function echo(arrival: Arrival): void {
  const { message } = arrival
  void (async () => {
    try {
      await message.build(10_000_000)
      say(arrival, `${arrival.method} ${arrival.target} ${message.bytes?.toString('latin1') ?? '-'}`)
    } catch {
      say(arrival, 'unreadable', 500)
    }
  })()
}
