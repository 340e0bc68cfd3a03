import type { SeriesPoint } from '@/model/schemas/common'

/** Failed probes of a window in equal periods; one without a count is one in which nobody probed, and counts for nothing. */
export function sayFailures(failures: readonly SeriesPoint[]): string {
  const known = failures.flatMap(({ value }) => value ?? [])
  if (known.length === 0) return 'unknown'
  const count = known.reduce((sum, value) => sum + value, 0)
  if (known.length === failures.length) return String(count)
  const percent = Math.floor((known.length / failures.length) * 100)
  return `${count}, known for ${percent < 1 ? 'under 1' : percent} % of the time`
}
