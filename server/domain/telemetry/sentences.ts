const DAY_MS = 86_400_000

/** "03:07Z" today, "2026-11-19 03:07Z" once it is more than a day ago: always UTC, always marked as such. */
export function sayTime(at: Date, nowMs: number): string {
  const [date, time] = at.toISOString().split('T') as [string, string]
  const clock = `${time.slice(0, 5)}Z`
  return nowMs - at.getTime() < DAY_MS ? clock : `${date} ${clock}`
}

/** "03:07:41Z": an instant a sentence may hold, because it stays true while the page ages. */
export function sayInstant(at: Date): string {
  return `${at.toISOString().slice(11, 19)}Z`
}

/** "a", "a and b", "a, b and c". */
export function sayList(items: readonly string[]): string {
  if (items.length <= 1) return items[0] ?? ''
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}
