const CHARS_MAX = 300

/** One line of bounded length without control characters: what a server or an agent says is shown to people, and may be hostile. */
export function readable(text: string): string {
  const line = text.slice(0, 4 * CHARS_MAX).replace(/[\p{Cc}\p{Bidi_Control}]+/gu, ' ')
  return line.length > CHARS_MAX ? `${line.slice(0, CHARS_MAX)}…` : line
}
