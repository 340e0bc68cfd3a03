/** A moment as it is written into plans and steps: in UTC, since "ago" would stand there for good. */
export function sayTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 21)}Z`
}
