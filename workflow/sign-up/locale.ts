import type { MessageContext } from 'viaduct'

/** The language that the client likes best (Accept-Language), for letters; '' when it does not say. */
export function localeOf({ message }: MessageContext): string {
  const [first = ''] = (message.headers.get('Accept-Language') ?? '').split(/[,;]/, 1)
  return /^[A-Za-z]{2}(?:-[A-Za-z0-9]{2,8}){0,2}$/.test(first.trim()) ? first.trim() : ''
}
