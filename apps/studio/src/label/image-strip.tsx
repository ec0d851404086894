import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from '../components/icon.tsx'
import type { ImageRecord } from '../project/database.ts'
import { currentFile, images } from '../project/project.ts'
import { showImage } from './actions.ts'
import { thumbnails } from './prelabeler.ts'
import { scrollIntoList } from './scroll-into-list.ts'

/** Small copies of all images, with how far their labels are. */
export function ImageStrip(): VNode {
  const list = useRef<HTMLUListElement>(null)
  const file = currentFile.value
  useEffect(() => {
    scrollIntoList(list.current, list.current?.querySelector<HTMLElement>('[aria-current="true"]'))
  }, [file])
  return (
    <ul class="strip" ref={list} aria-label="Images">
      {images.value.map((image) => (
        <li key={image.file}>
          <StripItem image={image} isCurrent={image.file === file} thumbnail={thumbnails.value.get(image.file)} />
        </li>
      ))}
    </ul>
  )
}

interface StripItemProps {
  readonly image: ImageRecord
  readonly isCurrent: boolean
  readonly thumbnail: string | undefined
}

function StripItem({ image, isCurrent, thumbnail }: StripItemProps): VNode {
  const state = describeState(image)
  return (
    <button
      type="button"
      class="strip-image"
      data-state={state}
      aria-current={isCurrent}
      aria-label={`${image.file}, ${state}`}
      title={image.file}
      onClick={() => showImage(image.file)}
    >
      {thumbnail ? <img src={thumbnail} alt="" loading="lazy" /> : <Icon name="image" />}
      {state === 'confirmed' && (
        <span class="strip-mark">
          <Icon name="check" />
        </span>
      )}
      {state === 'unreadable' && (
        <span class="strip-mark strip-mark-failed">
          <Icon name="warning" />
        </span>
      )}
    </button>
  )
}

function describeState({ status, faces }: ImageRecord): string {
  if (status === 'failed') return 'unreadable'
  if (faces.length > 0 && faces.every(({ isConfirmed }) => isConfirmed)) return 'confirmed'
  if (status === 'waiting') return 'waiting'
  return faces.length === 0 ? 'without a face' : 'open'
}
