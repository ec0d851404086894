import { computed, effect, type ReadonlySignal, type Signal, signal, untracked } from '@preact/signals'
import { describeError } from '../app/describe-error.ts'
import { quickModel } from '../label/prelabeler.ts'
import { toKeypoints } from '../project/labels.ts'
import { images, project, sources } from '../project/project.ts'
import { callWorker } from './client.ts'
import type { FitFace, FitResult, PoolFace, RankedFace } from './protocol.ts'

/** Fewest labeled images of a fit. */
export const MIN_IMAGES = 3

/** Fewest labeled images of a fit that places points: with fewer, the mean offsets of the labels are nearer to the next ones. */
const MIN_PLACING_IMAGES = 5

/** The error after a number of labeled faces. */
export interface ErrorEntry {
  readonly faces: number
  /** Relative to the longer side of the face. */
  readonly error: number
}

/** What is known of the labels so far. */
export interface QuickFit {
  readonly phase: 'waiting' | 'fitting' | 'ready' | 'failed'
  readonly result?: FitResult | undefined
  /** Faces to label next, the best first, by `nameFace`. */
  readonly ranking: readonly RankedFace[]
  readonly problem?: string | undefined
}

/** The newest fit to the labels, which runs by itself while they come in. */
export const quickFit: Signal<QuickFit> = signal({ phase: 'waiting', ranking: [] })

/** The errors of the fits of this session, by their numbers of faces. */
export const errorHistory: Signal<readonly ErrorEntry[]> = signal([])

/** Milliseconds without a new label before a fit begins. */
const DELAY_MS = 700

/** Names a face of an image, for the worker. */
function nameFace(file: string, index: number): string {
  return `${file}#${index}`
}

/** Reads a name of {@link nameFace}. */
export function parseFaceName(name: string): { readonly file: string; readonly index: number } {
  const at = name.lastIndexOf('#')
  return { file: name.slice(0, at), index: Number(name.slice(at + 1)) }
}

/** Collects the confirmed faces whose images can be read. */
export async function collectFaces(): Promise<FitFace[]> {
  const faces: FitFace[] = []
  for (const { file, faces: labeled } of images.peek()) {
    const source = sources.peek().get(file)
    if (!source || !labeled.some(({ isConfirmed }) => isConfirmed)) continue
    const image = await source()
    for (const [index, face] of labeled.entries()) {
      if (face.isConfirmed) faces.push({ id: nameFace(file, index), image, file, box: face.box, ...toKeypoints(face) })
    }
  }
  return faces
}

/** Fits again after each change of the confirmed labels. */
export function startQuickFits(): () => void {
  let controller = new AbortController()
  let fitted = ''
  const stop = effect(() => {
    const scheme = project.value?.scheme
    const labels = labelText.value
    if (labels === fitted) return
    fitted = labels
    untracked(() => {
      controller.abort()
      controller = new AbortController()
      const { signal: isStopped } = controller
      if (scheme) setTimeout(() => runQuickFit(isStopped), DELAY_MS)
    })
  })
  return () => {
    stop()
    controller.abort()
  }
}

/** All that a fit depends on, and the places of the faces, by which its results name them, as text. */
export const labelText: ReadonlySignal<string> = computed(() => {
  const confirmed = images.value
    .filter(({ file, faces }) => sources.value.has(file) && faces.some(({ isConfirmed }) => isConfirmed))
    .map(({ file, faces }) => [
      file,
      faces.flatMap(({ points, isConfirmed }, index) => (isConfirmed ? [{ index, points }] : [])),
    ])
  return JSON.stringify([project.value?.id, project.value?.scheme.flipPairs, confirmed])
})

async function runQuickFit(isStopped: AbortSignal): Promise<void> {
  const scheme = project.peek()?.scheme
  if (isStopped.aborted || !scheme) return
  const before = quickFit.peek()
  try {
    const faces = await collectFaces()
    const { size } = new Set(faces.map(({ file }) => file))
    if (size < MIN_IMAGES) {
      quickFit.value = { phase: 'waiting', ranking: [] }
      return
    }
    quickFit.value = { ...before, phase: 'fitting' }
    const result = await callWorker('fit', { scheme, faces, effort: 'quick' }, { signal: isStopped })
    if (size >= MIN_PLACING_IMAGES) quickModel.value = result.model
    addError({ faces: faces.length, error: result.relativeError })
    quickFit.value = { phase: 'ready', result, ranking: before.ranking }
    const ranking = await callWorker('rank', { scheme, faces, pool: collectPool() }, { signal: isStopped })
    quickFit.value = { phase: 'ready', result, ranking }
  } catch (error) {
    if (isStopped.aborted) return
    const { title, detail } = describeError(error)
    quickFit.value = { phase: 'failed', ranking: [], problem: [title, detail].filter(Boolean).join('. ') }
  }
}

function addError(entry: ErrorEntry): void {
  const others = errorHistory.peek().filter(({ faces }) => faces !== entry.faces)
  errorHistory.value = [...others, entry].sort((a, b) => a.faces - b.faces)
}

/** Lists the faces that no person has confirmed. */
function collectPool(): PoolFace[] {
  return images
    .peek()
    .flatMap(({ file, faces }) =>
      faces.flatMap(({ mesh, isConfirmed }, index) =>
        mesh && !isConfirmed ? [{ id: nameFace(file, index), mesh }] : [],
      ),
    )
}
