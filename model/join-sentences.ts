/** Whole sentences as one text. Several checks may fail for one reason, which is said once. */
export function joinSentences(sentences: readonly string[]): string {
  return [...new Set(sentences.map(endSentence))].join(' ')
}

/** What a person or a server said may lack its full stop, and more is said after it. */
export function endSentence(says: string): string {
  return /[.!?]$/.test(says) ? says : `${says}.`
}
