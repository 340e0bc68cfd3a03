/** The scope of a return: one a server at a time, beside whatever runs on its cell. */
export function scopeOfReturn(memberId: string): string {
  return `server:${memberId}`
}
