/** Numbers and instants as people read them here, on a page or in a sentence of the server: three significant digits, SI units, UTC first. Pure. */

const threeDigits = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })
const ratioDigits = new Intl.NumberFormat('en', {
  maximumFractionDigits: 2,
  maximumSignificantDigits: 3,
  roundingPriority: 'lessPrecision',
})
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** 0.42 ms, 42 ms, 3.2 s, 2 m 14 s, 3 h 2 m, 5 d 1 h. */
export function formatMs(durationMs: number): string {
  if (durationMs < 999.5) return `${threeDigits.format(durationMs)} ms`
  if (durationMs < 119_500) return `${threeDigits.format(durationMs / 1000)} s`
  return formatSpan(durationMs)
}

/** The same without fractions, for ages: 0 s, 14 s, 2 min, 2 m 14 s, 3 h 2 m, 5 d 1 h. */
export function formatSpan(durationMs: number): string {
  const seconds = Math.max(0, Math.floor(durationMs / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : join(minutes, 'm', seconds % 60, 's')
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return join(hours, 'h', minutes % 60, 'm')
  return join(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

function join(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`
}

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']

/** five minutes, 15 minutes: a limit in a sentence. Takes whole minutes. */
export function minutesInWords(durationMs: number): string {
  const minutes = durationMs / 60_000
  return `${countInWords(minutes)} ${minutes === 1 ? 'minute' : 'minutes'}`
}

/** one, ten, 11: a small number in a sentence. Takes whole numbers. */
export function countInWords(count: number): string {
  return NUMBERS[count] ?? formatCount(count)
}

/** A latency for a column whose header names the unit: 0.42, 42, 1,240. */
export function formatMsBare(latencyMs: number): string {
  return latencyMs >= 1000 ? whole.format(latencyMs) : threeDigits.format(latencyMs)
}

export function formatCount(count: number): string {
  return whole.format(count)
}

/** 0.07, 1.85, 312: how often a second something happens. */
export function formatRate(perSecond: number): string {
  return ratioDigits.format(perSecond)
}

/** 61 k, 1.24 M: for headlines. Tables use formatCount. */
export function formatShort(count: number): string {
  if (Math.abs(count) < 1000) return threeDigits.format(count)
  if (Math.abs(count) < 999_500) return `${threeDigits.format(count / 1e3)} k`
  return `${threeDigits.format(count / 1e6)} M`
}

export function formatRatio(ratio: number): string {
  return `${ratioDigits.format(ratio)}×`
}

/** 1 session, 2 sessions, 1,240 sessions. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`
}

/** Decimal multiples, as the storage and network figures beside it: 0 B, 812 B, 1.2 kB, 34 MB. Takes 64-bit decimal text. */
export function formatBytes(bytes: bigint | string | number): string {
  let size = Number(bytes)
  for (const unit of ['B', 'kB', 'MB', 'GB']) {
    if (size < 999.5) return `${threeDigits.format(size)} ${unit}`
    size /= 1000
  }
  return `${threeDigits.format(size)} TB`
}

/** 03:12:04Z, or with the date in front when the day is not today's. */
export function formatUtc(atMs: number, nowMs: number): string {
  const iso = new Date(atMs).toISOString()
  const clock = `${iso.slice(11, 19)}Z`
  return iso.slice(0, 10) === new Date(nowMs).toISOString().slice(0, 10) ? clock : `${iso.slice(0, 10)} ${clock}`
}

/** 04:12 GMT+1, in the viewer's zone with its name; the date is left to the UTC form beside it. */
export function formatLocal(atMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', timeZoneName: 'short' })
    .format(atMs)
    .replace(',', '')
}

/** The first part of a hash, enough to compare by eye. */
export function shortHash(hash: string): string {
  return `${hash.slice(0, 8)}…`
}

/** A large number may break between lines, but never between itself and its unit: "331 ms to 1.08 s". */
export function keepUnits(text: string): string {
  return text.replace(/(?<=\d) (?=\S)/g, '\u00a0')
}
