import type { ComponentChildren, VNode } from 'preact'
import { Icon, type IconName } from './icon.tsx'

export interface ButtonProps {
  readonly children: ComponentChildren
  readonly onClick: () => void
  readonly icon?: IconName
  /** `primary` for the one thing to do next; default `plain`. */
  readonly kind?: 'primary' | 'plain' | 'quiet' | 'danger'
  readonly isDisabled?: boolean
  /** State of a button that switches something. */
  readonly isPressed?: boolean
  /** What it does, if the text alone does not say it. */
  readonly title?: string
}

/** A button with a text. */
export function Button(props: ButtonProps): VNode {
  const { children, onClick, icon, kind = 'plain', isDisabled = false, isPressed, title } = props
  return (
    <button
      type="button"
      class={`button button-${kind}`}
      disabled={isDisabled}
      aria-pressed={isPressed}
      title={title}
      onClick={onClick}
    >
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </button>
  )
}

export interface IconButtonProps {
  readonly icon: IconName
  /** What it does: its accessible name and its tooltip. */
  readonly label: string
  readonly onClick: () => void
  readonly isDisabled?: boolean
  readonly isPressed?: boolean
}

/** A button that shows an icon only. */
export function IconButton({ icon, label, onClick, isDisabled = false, isPressed }: IconButtonProps): VNode {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      disabled={isDisabled}
      aria-pressed={isPressed}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  )
}
