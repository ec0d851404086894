import type { ComponentChildren, VNode } from 'preact'
import { useId } from 'preact/hooks'

export interface SelectFieldProps<Value extends string> {
  readonly label: string
  readonly value: Value
  readonly options: readonly { readonly value: Value; readonly label: string; readonly isDisabled?: boolean }[]
  readonly onChange: (value: Value) => void
  readonly isDisabled?: boolean
  /** A line below. */
  readonly hint?: ComponentChildren
}

/** A choice of one among a few. */
export function SelectField<Value extends string>(props: SelectFieldProps<Value>): VNode {
  const { label, value, options, onChange, isDisabled = false, hint } = props
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        disabled={isDisabled}
        onChange={(event) => onChange(event.currentTarget.value as Value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.isDisabled ?? false}>
            {option.label}
          </option>
        ))}
      </select>
      {hint && <p class="field-hint">{hint}</p>}
    </div>
  )
}

export interface SwitchFieldProps {
  readonly label: string
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
  readonly isDisabled?: boolean
}

/** Switches something on and off. */
export function SwitchField({ label, isOn, onChange, isDisabled = false }: SwitchFieldProps): VNode {
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        checked={isOn}
        aria-checked={isOn}
        disabled={isDisabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span class="switch-track" aria-hidden="true" />
      <span>{label}</span>
    </label>
  )
}

export interface TextFieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly placeholder?: string
  readonly hint?: ComponentChildren
  /** What is wrong with the text. */
  readonly error?: string | undefined
}

/** A line of text in any script. */
export function TextField({ label, value, onChange, placeholder, hint, error }: TextFieldProps): VNode {
  const id = useId()
  const note = error ?? hint
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        dir="auto"
        value={value}
        placeholder={placeholder}
        aria-invalid={error !== undefined}
        aria-describedby={note ? `${id}-note` : undefined}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      {note && (
        <p id={`${id}-note`} class={error === undefined ? 'field-hint' : 'field-error'}>
          {note}
        </p>
      )}
    </div>
  )
}
