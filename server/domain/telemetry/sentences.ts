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

/** "2 s", "3 min 5 s", "2 h 10 min": an age a person reads. */
export function sayAge(ageMs: number): string {
  const seconds = Math.max(0, Math.round(ageMs / 1_000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`
  const hours = Math.floor(minutes / 60)
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
}

/** "a", "a and b", "a, b and c". */
export function sayList(items: readonly string[]): string {
  if (items.length <= 1) return items[0] ?? ''
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}

export function sayCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
