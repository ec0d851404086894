import './label.css'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { addShortcuts } from '../app/shortcuts.ts'
import { project } from '../project/project.ts'
import { LABEL_SHORTCUTS } from './label-shortcuts.ts'
import { Labeling } from './labeling.tsx'
import { startSession } from './session.ts'
import { Setup } from './setup.tsx'

/** The view Label: a start page until a project is open. */
export function LabelView(): VNode {
  useEffect(startSession, [])
  const isOpen = project.value !== undefined
  useEffect(() => (isOpen ? addShortcuts(LABEL_SHORTCUTS) : undefined), [isOpen])
  return isOpen ? <Labeling /> : <Setup />
}
