/** What counts as a reason, in characters without the spaces around them. Schemas and forms read the same limits. */
export const REASON_CHARS_MIN = 3
export const REASON_CHARS_MAX = 500

export function isReason(text: string): boolean {
  return text.trim().length >= REASON_CHARS_MIN
}

/** Null when `text` will do; else the sentence that a disabled button shows. `what` names it where it is no reason: "what you found". */
export function whyNotReason(text: string, what = 'a reason'): string | null {
  if (isReason(text)) return null
  return `${what === 'a reason' ? 'Give a reason of' : `Say ${what} in`} at least ${REASON_CHARS_MIN} characters.`
}
