/** Every key of the console in one list: the handler obeys it and the help shows it. They navigate; none changes the estate. */
export const shortcuts = [
  { keys: ['⌘ K', 'Ctrl K'], does: 'Open the palette' },
  { keys: ['/'], does: 'Search this page, or open the palette' },
  { keys: ['?'], does: 'Show this help' },
  { keys: ['p'], does: 'Pause or resume updates' },
  { keys: ['t'], does: 'Swap UTC and local time' },
  { keys: ['j', 'k'], does: 'Next or previous row of the table' },
  { keys: ['Enter'], does: 'Open the row' },
  { keys: ['Esc'], does: 'Close what is open; never commits' },
] as const

/** Apple's keyboards have a command key; every other one, and one that is not known yet, has Ctrl. */
export function paletteKeyOf(userAgent: string | null): '⌘K' | 'Ctrl K' {
  return userAgent !== null && /\b(Macintosh|iPad|iPhone)\b/.test(userAgent) ? '⌘K' : 'Ctrl K'
}

/** True when the key belongs to what the viewer is typing into. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
}

export type KeyMeaning =
  | { kind: 'palette' }
  | { kind: 'search' }
  | { kind: 'help' }
  | { kind: 'pause' }
  | { kind: 'swap-time' }
  | { kind: 'first-row' }
  | { kind: 'await-place' }
  | { kind: 'go'; key: string }

type Press = { key: string; ctrlKey: boolean; metaKey: boolean; altKey: boolean }

/** What a key press means. Pure: `isAwaitingPlace` says that `g` was just pressed. */
export function meaningOf(
  press: Press,
  { isAwaitingPlace, hasSingleKeys }: { isAwaitingPlace: boolean; hasSingleKeys: boolean },
): KeyMeaning | null {
  const isChord = press.ctrlKey || press.metaKey
  if (isChord) return press.key.toLowerCase() === 'k' ? { kind: 'palette' } : null
  if (press.altKey || !hasSingleKeys) return null
  if (isAwaitingPlace) return { kind: 'go', key: press.key }
  return single[press.key] ?? null
}

const single: Record<string, KeyMeaning> = {
  '/': { kind: 'search' },
  '?': { kind: 'help' },
  p: { kind: 'pause' },
  t: { kind: 'swap-time' },
  g: { kind: 'await-place' },
  j: { kind: 'first-row' }, // from then on the table itself takes `j` and `k`
}
