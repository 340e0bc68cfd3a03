'use client'
import { X } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import type { Status } from '@/model/observations'
import { IconButton } from '../ui/Button'
import { StatusGlyph } from '../ui/StatusGlyph'

/**
 * Short news about what the viewer just did. A toast repeats, it never tells alone: errors stay in the page, next to what
 * failed. Toasts leave by themselves only when they report success.
 */
export type Toast = { id: number; status: Status; says: string }

const TOASTS_MAX = 3
const GOOD_NEWS_MS = 6_000

let shown: readonly Toast[] = []
let lastId = 0
const listeners = new Set<() => void>()
const none: readonly Toast[] = []

function set(next: readonly Toast[]) {
  shown = next
  for (const listener of listeners) listener()
}

export function showToast(toast: Omit<Toast, 'id'>): void {
  const id = ++lastId
  set([...shown, { ...toast, id }].slice(-TOASTS_MAX))
  if (toast.status === 'ok') setTimeout(() => dismissToast(id), GOOD_NEWS_MS)
}

export function dismissToast(id: number): void {
  set(shown.filter((toast) => toast.id !== id))
}

export function Toasts() {
  const toasts = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => shown,
    () => none,
  )
  return (
    <div role="status" className="fixed right-4 bottom-4 z-50 grid w-[min(24rem,calc(100vw-2rem))] gap-2">
      {toasts.map((toast) => (
        <div
          key={toast.id}
          className="flex items-center gap-3 rounded-md border border-control bg-surface-2 py-1.5 pr-1.5 pl-3"
        >
          <StatusGlyph status={toast.status} />
          <p className="flex-1">{toast.says}</p>
          <IconButton label="Dismiss" onClick={() => dismissToast(toast.id)}>
            <X aria-hidden size={14} />
          </IconButton>
        </div>
      ))}
    </div>
  )
}
