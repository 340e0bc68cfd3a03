/** Whole sentences as one text. Several checks may fail for one reason, which is said once. */
export function joinSentences(sentences: readonly string[]): string {
  return [...new Set(sentences)].join(' ')
}
