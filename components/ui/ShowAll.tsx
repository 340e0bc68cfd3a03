import { Button } from './Button'

/** Under a list that begins with its first few: "Show all 32 links". */
export function ShowAll({ what, onShow }: { what: string; onShow: () => void }) {
  return (
    <div data-no-print className="border-t border-hairline px-2 py-1.5">
      <Button size="small" tone="ghost" onClick={onShow}>
        Show all {what}
      </Button>
    </div>
  )
}
