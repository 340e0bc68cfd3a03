import { paths } from '@/model/paths'

/**
 * Where to go after signing in: the path that was asked for, if it is one of this origin. Browsers read `//host` and
 * `/\host` as another host, and drop tabs and line ends first, so only plain paths pass.
 */
export function safeNext(asked: string | string[] | undefined): string {
  if (typeof asked !== 'string' || asked.length > PATH_CHARS_MAX) return paths.overview()
  const isPlain = /^\/(?![/\\])[^\\\s\p{Cc}]*$/u.test(asked)
  const leadsBack = asked === paths.login() || asked.startsWith(`${paths.login()}?`)
  return isPlain && !leadsBack && !asked.startsWith('/api/') ? asked : paths.overview()
}

const PATH_CHARS_MAX = 1_000
