import { useState } from 'react'

/** Puts a text on the clipboard, and remembers that it did until told to forget. */
export function useCopied(text: string) {
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
  }
  return { isCopied, copy, forget: () => setCopied(false) }
}
