/** What a person or a server said may lack its full stop, and more is said after it. */
export function endSentence(says: string): string {
  return /[.!?]$/.test(says) ? says : `${says}.`
}
