import type { VNode } from 'preact'
import { IconButton } from '../components/button.tsx'
import { Icon } from '../components/icon.tsx'
import { closeNotice, type Notice, notices } from './notices.ts'

const ICONS = { info: 'info', success: 'check', error: 'warning' } as const

/** The messages over the page. */
export function NoticeList(): VNode {
  const errors = notices.value.filter(({ kind }) => kind === 'error')
  const others = notices.value.filter(({ kind }) => kind !== 'error')
  return (
    <div class="notices">
      <div role="alert">{errors.map(renderNotice)}</div>
      <div role="status">{others.map(renderNotice)}</div>
    </div>
  )
}

function renderNotice({ id, kind, title, detail }: Notice): VNode {
  return (
    <div key={id} class={`notice notice-${kind}`}>
      <Icon name={ICONS[kind]} />
      <div class="notice-text">
        <p class="notice-title" dir="auto">
          {title}
        </p>
        {detail && (
          <p class="notice-detail" dir="auto">
            {detail}
          </p>
        )}
      </div>
      <IconButton icon="close" label="Close the message" onClick={() => closeNotice(id)} />
    </div>
  )
}
