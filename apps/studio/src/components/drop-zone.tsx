import type { ComponentChildren, VNode } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { showError } from '../app/notices.ts'
import { type PathFile, readDrop } from './path-file.ts'

export interface DropZoneProps {
  /** What may be dropped, such as "images"; shown while something is dragged over it. */
  readonly label: string
  readonly onDrop: (files: PathFile[]) => void
  readonly children: ComponentChildren
}

/** Takes files and folders that are dropped anywhere on its children. */
export function DropZone({ label, onDrop, children }: DropZoneProps): VNode {
  const [isOver, setOver] = useState(false)
  // A drag enters and leaves each child.
  const depth = useRef(0)
  const leave = (count: number): void => {
    depth.current = count
    setOver(count > 0)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: buttons beside it choose files by the keyboard
    <div
      class="drop-zone"
      data-over={isOver}
      onDragEnter={(event) => {
        event.preventDefault()
        leave(depth.current + 1)
      }}
      onDragOver={(event) => event.preventDefault()}
      onDragLeave={() => leave(depth.current - 1)}
      onDrop={(event) => {
        event.preventDefault()
        leave(0)
        if (event.dataTransfer) readDrop(event.dataTransfer).then(onDrop, showError)
      }}
    >
      {children}
      {isOver && (
        <div class="drop-hint" aria-hidden="true">
          Drop {label} here
        </div>
      )}
    </div>
  )
}
