import { effect } from '@preact/signals'
import { clearFits } from '../fit/full-fit.ts'
import { errorHistory, quickFit, startQuickFits } from '../fit/quick-fit.ts'
import { isOpenElsewhere, project } from '../project/project.ts'
import { clearThumbnails, loadThumbnails, startPrelabeling } from './prelabeler.ts'
import { freeBitmaps } from './view-bitmaps.ts'

let isStarted = false

/** Starts what goes on beside the labeling, in whatever view: the search for faces, and fits to the labels. */
export function startSession(): void {
  if (isStarted) return
  isStarted = true
  let shown: string | undefined
  effect(() => {
    const id = project.value?.id
    if (id === shown) return
    shown = id
    clearThumbnails()
    freeBitmaps()
    errorHistory.value = []
    quickFit.value = { phase: 'waiting', ranking: [] }
    // Its landmarker would be shown as that of the next project.
    clearFits()
  })
  effect(() => {
    // Another tab may have stored more of them.
    if (project.value && !isOpenElsewhere.value) loadThumbnails()
  })
  startPrelabeling()
  startQuickFits()
}
