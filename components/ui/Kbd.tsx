export function Kbd({ children }: { children: React.ReactNode }) {
  return (
    <kbd className="inline-flex h-5 min-w-5 items-center justify-center rounded-sm border border-hairline bg-surface-2 px-1 font-sans text-xs text-ink-2">
      {children}
    </kbd>
  )
}
