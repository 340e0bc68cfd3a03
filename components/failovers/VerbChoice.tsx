import { useId } from 'react'
import { cx } from '../ui/cx'
import { verbs } from './verbs'

/** Which verb. What cannot be chosen says why, in its place. */
export function VerbChoice() {
  const group = useId()
  return (
    <fieldset className="grid gap-3 lg:grid-cols-3">
      <legend className="sr-only">What to do</legend>
      {verbs.map((verb) => (
        <label
          key={verb.id}
          className={cx(
            'grid content-start gap-1 rounded-md border p-3',
            verb.whyNot ? 'border-hairline' : 'border-active bg-active/8',
          )}
        >
          <span className="flex items-center gap-2 font-medium text-ink-1">
            <input
              type="radio"
              name={group}
              value={verb.id}
              defaultChecked={verb.whyNot === null}
              disabled={verb.whyNot !== null}
              aria-describedby={`${group}-${verb.id}`}
              className="accent-active"
            />
            {verb.name}
          </span>
          <span id={`${group}-${verb.id}`} className="grid gap-1 text-sm">
            <span className={verb.id === 'forced' ? 'text-crit' : 'text-ink-1'}>{verb.promise}</span>
            <span className="text-ink-2">{verb.says}</span>
            {verb.whyNot && <span className="text-ink-3">Not available. {verb.whyNot}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  )
}
