import { beforeEach, expect, test } from '@jest/globals'
import { WHOLE_IMAGE } from '../components/viewport.ts'
import { createFace } from '../project/labels.ts'
import { changeFaces, closeProject, currentFile, images, isReadOnly, project, redo, undo } from '../project/project.ts'
import { addFace, dragged, selected, selectedFace, showImage, viewport } from './actions.ts'

const FACE = createFace({ left: 0, top: 0, width: 10, height: 10 }, 1)

beforeEach(() => {
  const scheme = { name: 'one', pointNames: ['nose'], flipPairs: [], parts: [] }
  project.value = { id: 'p', name: 'faces', scheme, createdAt: 0 }
  images.value = [{ projectId: 'p', file: 'a.png', width: 20, height: 10, status: 'ready', faces: [FACE] }]
  currentFile.value = 'a.png'
  isReadOnly.value = false
})

test('a face is selected after the selected one was taken away by undo or an import', () => {
  addFace()
  expect(selected.value.face).toBe(1)
  undo()
  expect(selectedFace.value).toBe(FACE)
  redo()
  selected.value = { face: 1, point: 0 }
  changeFaces('a.png', [FACE])
  expect(selectedFace.value).toBe(FACE)
})

test('another image is shown as a whole, with its first point, whatever shows it', () => {
  const [first] = images.value
  images.value = [first, { ...first, file: 'b.png' }] as typeof images.value
  addFace()
  const change = (): void => {
    viewport.value = { zoom: 4, centerX: 0.2, centerY: 0.3 }
    selected.value = { face: 0, point: 5 }
    dragged.value = { face: 0, point: 5, x: 1, y: 2 }
  }
  const expectWhole = (file: string | undefined): void => {
    expect([currentFile.value, viewport.value, selected.value]).toEqual([file, WHOLE_IMAGE, { face: 0, point: 0 }])
    expect(dragged.value).toBeUndefined()
  }
  change()
  showImage('b.png')
  expectWhole('b.png')
  change()
  undo()
  expectWhole('a.png')
  change()
  closeProject()
  expectWhole(undefined)
})

test('the same image keeps its zoom if another face is shown', () => {
  const zoomed = { zoom: 4, centerX: 0.2, centerY: 0.3 }
  viewport.value = zoomed
  showImage('a.png', 0)
  expect(viewport.value).toBe(zoomed)
})
