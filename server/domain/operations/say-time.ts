/** A moment as it is written into plans and steps: in UTC, since "ago" would stand there for good. */
export function sayTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 21)}Z`
}

/** The same with its date, for what is read on other days too: as the pages write an instant of another day. */
export function sayDate(ms: number): string {
  const iso = new Date(ms).toISOString()
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}Z`
}
