import { expect, test } from '@jest/globals'
import { namePretrainingFolder, type PretrainingSettings } from './pretraining-folder.ts'

const SETTINGS: PretrainingSettings = {
  name: 'plain-pretrained',
  size: 64,
  epochs: 8,
  faces: 1104,
  synthetic: 2000,
  seed: 1,
}

test('names a training from random weights and one from those of synthetic faces', () => {
  expect(namePretrainingFolder({ ...SETTINGS, name: 'plain-random', synthetic: 0 })).toBe(
    'plain-random-64px-8-epochs-1104-faces-seed-1',
  )
  expect(namePretrainingFolder(SETTINGS)).toBe('plain-pretrained-64px-8-epochs-1104-faces-after-2000-synthetic-seed-1')
})

test.each([
  { name: 'antialiased-pretrained' },
  { size: 96 },
  { epochs: 22 },
  { faces: 552 },
  { synthetic: 4000 },
  { seed: 2 },
])('trainings that differ in %j have folders of their own', (change) => {
  expect(namePretrainingFolder({ ...SETTINGS, ...change })).not.toBe(namePretrainingFolder(SETTINGS))
})
