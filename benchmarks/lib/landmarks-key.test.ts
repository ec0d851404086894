import { expect, test } from '@jest/globals'
import { getLandmarksKey, type LandmarksTraining } from './landmarks-key.ts'

const SETTINGS = { arch: 'heatmapNet32', size: 128, weights: 'none' }
const TRAINING: LandmarksTraining = {
  title: 'Landmarks: 300w, faces-small',
  overrides: ['loss.kind=star'],
  seed: 1,
  epochs: 120,
  settings: SETTINGS,
}

test.each<Partial<LandmarksTraining>>([
  { title: 'Landmarks: 300w, faces' },
  { overrides: [] },
  { seed: 2 },
  { epochs: 3 },
  { settings: { ...SETTINGS, arch: 'heatmapNet48' } },
  { settings: { ...SETTINGS, size: 96 } },
  { settings: { ...SETTINGS, weights: 'runs/first/model' } },
])('a training with %j does not replace another', (change) => {
  expect(getLandmarksKey({ ...TRAINING })).toBe(getLandmarksKey(TRAINING))
  expect(getLandmarksKey({ ...TRAINING, ...change })).not.toBe(getLandmarksKey(TRAINING))
})
