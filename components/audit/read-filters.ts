export const filterKeys = ['action', 'scope', 'actor', 'correlation', 'from', 'to'] as const
export type FilterKey = (typeof filterKeys)[number]
export type Filters = Partial<Record<FilterKey, string | null>>

/** The server takes no longer ones: nothing that is filtered by has a longer name. */
const TEXT_CHARS_MAX = 100
/** What the server takes as an instant: in UTC, to the second or finer. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/

/**
 * What of the URL can be asked for, and a sentence for each part that cannot. A link that somebody typed or cut short still shows
 * events: a part of it that means nothing is left out, and said to be.
 */
export function readFilters(filters: Filters): { asked: Partial<Record<FilterKey, string>>; ignored: string[] } {
  const asked: Partial<Record<FilterKey, string>> = {}
  const ignored: string[] = []
  for (const key of filterKeys) {
    const value = filters[key]
    if (!value) continue
    const problem = problemOf(key, value)
    if (problem) ignored.push(`The link’s “${key}” ${problem}: it is ignored.`)
    else asked[key] = value
  }
  if (asked.from && asked.to && Date.parse(asked.from) >= Date.parse(asked.to))
    ignored.push('The link’s period ends before it begins: no event can match.')
  return { asked, ignored }
}

function problemOf(key: FilterKey, value: string): string | null {
  if (key === 'from' || key === 'to') return isInstant(value) ? null : 'is no date and time in UTC'
  return value.length > TEXT_CHARS_MAX ? `is longer than ${TEXT_CHARS_MAX} characters` : null
}

/** A day that does not exist, such as 30 February, is taken by Date as the second of March: it must come back as it went in. */
function isInstant(text: string): boolean {
  if (!INSTANT.test(text)) return false
  const atMs = Date.parse(text)
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(text.slice(0, 19))
}
