import { IBUG_68, type KeypointScheme, MESH_468, pickKeypoints } from '@facekp/core'
import type { VNode } from 'preact'
import { useEffect, useId, useState } from 'preact/hooks'
import { describeError } from '../app/describe-error.ts'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { SelectField, TextField } from '../components/field.tsx'
import { formatScheme, parseScheme, type SchemeText, updateFlipPairs } from '../project/scheme-text.ts'

/** Outer eye corners, nose tip, corners of the mouth and chin. */
const SIX = pickKeypoints(IBUG_68, 'six-points', [36, 45, 30, 48, 54, 8])
const TEMPLATES = {
  six: { label: '6 points: eyes, nose, mouth, chin', scheme: SIX },
  ibug: { label: '68 points (iBUG)', scheme: IBUG_68 },
  mesh: { label: '468 points (face mesh)', scheme: MESH_468 },
  own: { label: 'My own points', scheme: undefined },
} as const
type TemplateName = keyof typeof TEMPLATES

const OWN: SchemeText = { name: 'my-points', points: '', flipPairs: '', parts: '' }

export interface SchemeDialogProps {
  readonly isOpen: boolean
  readonly title: string
  readonly onClose: () => void
  readonly onDone: (scheme: KeypointScheme) => void
}

/** Defines the points of a project: their names, which a mirror exchanges, and the lines between them. */
export function SchemeDialog({ isOpen, title, onClose, onDone }: SchemeDialogProps): VNode {
  const [template, setTemplate] = useState<TemplateName>('six')
  const [text, setText] = useState<SchemeText>(formatScheme(SIX))
  const [error, setError] = useState<string | undefined>(undefined)
  useEffect(() => setError(undefined), [isOpen])
  const chooseTemplate = (name: TemplateName): void => {
    setTemplate(name)
    const { scheme } = TEMPLATES[name]
    setText(scheme ? formatScheme(scheme) : OWN)
    setError(undefined)
  }
  const finish = (): void => {
    try {
      const scheme = parseScheme(text)
      // Parts of a template have no place in its text: the pair that errors are normalized by.
      const source = TEMPLATES[template].scheme
      const isUnchanged = source && JSON.stringify(formatScheme(source)) === JSON.stringify(text)
      onDone(isUnchanged ? source : scheme)
    } catch (thrown) {
      const { title: problem, detail } = describeError(thrown)
      setError([problem, detail].filter(Boolean).join('. '))
    }
  }
  return (
    <Dialog
      title={title}
      isOpen={isOpen}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" onClick={finish}>
            Start labeling
          </Button>
        </>
      }
    >
      <SelectField
        label="Points"
        value={template}
        options={Object.entries(TEMPLATES).map(([value, { label }]) => ({ value: value as TemplateName, label }))}
        onChange={chooseTemplate}
        hint="Points of a template are placed for you at once; your own ones after you labeled one face."
      />
      <TextField label="Name of the scheme" value={text.name} onChange={(name) => setText({ ...text, name })} />
      <TextArea
        label="Names of the points, one a line"
        value={text.points}
        rows={6}
        onChange={(points) => setText({ ...text, points, flipPairs: updateFlipPairs(text.flipPairs, points) })}
      />
      <details class="more">
        <summary>Mirror pairs and lines</summary>
        <TextArea
          label="Pairs that a mirror exchanges: left eye = right eye"
          value={text.flipPairs}
          rows={3}
          onChange={(flipPairs) => setText({ ...text, flipPairs })}
        />
        <TextArea
          label="Lines between points: mouth: left corner, lip, right corner"
          value={text.parts}
          rows={3}
          onChange={(parts) => setText({ ...text, parts })}
        />
      </details>
      {error && (
        <p class="field-error" role="alert">
          {error}
        </p>
      )}
    </Dialog>
  )
}

interface TextAreaProps {
  readonly label: string
  readonly value: string
  readonly rows: number
  readonly onChange: (value: string) => void
}

function TextArea({ label, value, rows, onChange }: TextAreaProps): VNode {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        dir="auto"
        rows={rows}
        spellcheck={false}
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </div>
  )
}
