import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { procrustesDistance, robustMeanShape } from './procrustes.ts'

// Made by procrustes_golden.py with numpy's singular value decomposition.
const golden: Record<string, { shape: number[]; distance: number }> = JSON.parse(
  readFileSync(new URL('procrustes_golden.json', import.meta.url), 'utf8'),
)
const MEAN = Float64Array.of(0, 0, 4, 0, 4, 3, 0, 3, 2, 5)
const toShape = (points: ArrayLike<number>, visibility = new Uint8Array(points.length / 2).fill(2)) => ({
  keypoints: Float32Array.from(points),
  visibility,
})

test.each(Object.entries(golden))('%s: the distance is numpy’s', (_, { shape, distance }) => {
  expect(procrustesDistance(toShape(shape), MEAN)).toBeCloseTo(distance, 5)
})

test('points that are not labeled do not count; fewer than three give NaN', () => {
  const shape = [0, 0, 4, 0, 4, 3, 0, 3, 999, 999]
  expect(procrustesDistance(toShape(shape, Uint8Array.of(2, 2, 1, 2, 0)), MEAN)).toBeCloseTo(0, 6)
  expect(procrustesDistance(toShape(shape, Uint8Array.of(2, 2, 0, 0, 0)), MEAN)).toBeNaN()
})

test('one wrong shape of seven does not move the mean', () => {
  const shapes = Array.from({ length: 6 }, (_, i) => toShape(MEAN.map((value) => value * (i + 1) + i)))
  const mean = robustMeanShape([...shapes, toShape([9, 1, 0, 7, 3, 3, 8, 8, 1, 0])])
  expect(procrustesDistance(toShape(mean), MEAN)).toBeCloseTo(0, 5)
})
