import type { ReactNode } from 'react'

/** A part of a dry run, under its own heading. */
export function Section({ title, note, children }: { title: string; note?: ReactNode; children: ReactNode }) {
  return (
    <section className="grid min-w-0 grid-cols-1 content-start gap-2 border-t border-hairline pt-4">
      <h3 className="text-sm font-semibold text-ink-1">
        {title} {note && <span className="font-normal text-ink-3">{note}</span>}
      </h3>
      {children}
    </section>
  )
}
