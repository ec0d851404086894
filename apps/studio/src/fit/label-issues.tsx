import type { ComponentChildren, VNode } from 'preact'
import { showView } from '../app/navigation.ts'
import { FileName } from '../components/file-name.tsx'
import { Icon } from '../components/icon.tsx'
import { PanelSection } from '../components/workspace.tsx'
import { selected, showImage } from '../label/actions.ts'
import { images, project } from '../project/project.ts'
import { parseFaceName, quickFit } from './quick-fit.ts'

/** Entries of a list. */
const SHOWN = 8

/** Labels that are far from what the other labels predict, with links to them. */
export function LabelIssues(): VNode | null {
  const { result } = quickFit.value
  if (!result) return null
  const { outliers, missed } = result
  if (outliers.length + missed.length === 0)
    return (
      <PanelSection title="Suspicious labels">
        <p class="hint">None: all labels agree with each other.</p>
      </PanelSection>
    )
  return (
    <PanelSection title="Suspicious labels">
      <ul class="links">
        {outliers.slice(0, SHOWN).map(({ id, pointName, errorPx }) => (
          <li key={`${id} ${pointName}`}>
            <FaceLink id={id} pointName={pointName}>
              <bdi>{pointName}</bdi> is {errorPx.toFixed(0)} px off
            </FaceLink>
          </li>
        ))}
        {missed.map((id) => (
          <li key={id}>
            <FaceLink id={id}>No face at these labels</FaceLink>
          </li>
        ))}
      </ul>
      <p class="hint">Each is far from where a fit to the other faces expects it. Most are mistakes.</p>
    </PanelSection>
  )
}

/** The faces that are best labeled next. */
export function Suggestions(): VNode {
  const { ranking } = quickFit.value
  const open = ranking.filter(({ id }) => {
    const { file, index } = parseFaceName(id)
    const face = images.value.find((image) => image.file === file)?.faces[index]
    return face !== undefined && !face.isConfirmed
  })
  return (
    <PanelSection title="Label these next">
      <ul class="links">
        {open.slice(0, SHOWN / 2).map(({ id, disagreement }) => (
          <li key={id}>
            <FaceLink id={id}>{`fits disagree by ${(100 * disagreement).toFixed(1)} %`}</FaceLink>
          </li>
        ))}
      </ul>
      <p class="hint">Fits to different parts of your labels disagree most on these faces: they teach most.</p>
    </PanelSection>
  )
}

interface FaceLinkProps {
  readonly id: string
  readonly pointName?: string
  readonly children: ComponentChildren
}

function FaceLink({ id, pointName, children }: FaceLinkProps): VNode {
  const { file, index } = parseFaceName(id)
  const faces = images.value.find((image) => image.file === file)?.faces ?? []
  return (
    <button
      type="button"
      class="link"
      onClick={() => {
        showImage(file, index)
        const point = project.peek()?.scheme.pointNames.indexOf(pointName ?? '') ?? 0
        selected.value = { face: index, point: Math.max(point, 0) }
        showView('label')
      }}
    >
      <span class="link-title">
        <FileName name={file} />
      </span>
      <span class="link-detail">
        {faces.length > 1 && `Face ${index + 1}: `}
        {children}
      </span>
      <Icon name="right" />
    </button>
  )
}
