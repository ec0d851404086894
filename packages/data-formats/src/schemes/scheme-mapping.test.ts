import { IBUG_68 } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import { listEdges, partsFromEdges } from './edges.ts'
import { inferFlipPairs } from './infer-flip-pairs.ts'
import { inferScheme } from './infer-scheme.ts'
import { matchPoints } from './match-points.ts'

const EYES = { name: 'eyes', pointNames: ['left eye', 'right eye', 'nose'], flipPairs: [[0, 1]] as const, parts: [] }
const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => String(from + i))

describe('matchPoints', () => {
  test('matches by name regardless of order, case and separators', () => {
    const { matches, missing, extra } = matchPoints(['Nose', 'left_eye', 'chin'], EYES, { file: 'a.json' })
    expect(matches.map(({ schemePoint }) => schemePoint)).toEqual(['nose', 'left eye', null])
    expect(missing).toEqual(['right eye'])
    expect(extra).toEqual(['chin'])
  })

  test.each([
    ['from 0', 0, 67],
    ['from 1', 1, 68],
  ])('numbers %s count the scheme', (_, from, to) => {
    const { matches, missing } = matchPoints(numbers(from, to), IBUG_68, { file: 'a.xml' })
    expect(matches[10]?.schemePoint).toBe(IBUG_68.pointNames[10])
    expect(missing).toEqual([])
  })

  test.each([
    ['with gaps', ['0', '36', '45']],
    ['one of two digits', ['00']],
    ['one number in two spellings', ['0', '00', '67']],
  ])('numbers %s are a part of the count from 0', (_, names) => {
    const { matches } = matchPoints(names, IBUG_68, { file: 'a.xml' })
    expect(matches.map(({ schemePoint }) => schemePoint)).toEqual(names.map((name) => IBUG_68.pointNames[Number(name)]))
  })

  // Names of a scheme that was derived from a file without names.
  test.each([
    ['from 0 with leading zeros', numbers(0, 11), numbers(0, 11).map((name) => name.padStart(2, '0')), 0],
    ['from 1, where those of the scheme count from 0', numbers(0, 11), numbers(1, 12), 1],
    ['from 0, where those of the scheme count from 1', numbers(1, 12), numbers(0, 11), -1],
    ['of some points', numbers(0, 11), numbers(3, 5), 0],
  ])('numbers %s match the numbers of a scheme', (_, pointNames, names, shift) => {
    const { matches, extra } = matchPoints(names, { ...EYES, pointNames, flipPairs: [] }, { file: 'a.csv' })
    expect(matches.map(({ schemePoint }) => Number(schemePoint))).toEqual(names.map((name) => Number(name) - shift))
    expect(extra).toEqual([])
  })

  test('numbers that a scheme picks are found by name among others', () => {
    const scheme = { ...EYES, pointNames: ['36', '45', '30'], flipPairs: [] }
    const { missing, extra } = matchPoints(numbers(0, 67), scheme, { file: 'a.json' })
    expect([missing, extra.length]).toEqual([[], 65])
  })

  test.each([
    ['one point for 68', ['0'], /numbered 0 to 0/],
    ['29 points of two digits for 68', numbers(0, 28).map((name) => name.padStart(2, '0')), /numbered 0 to 28/],
    ['three digits', ['000'], /numbered 0 to 0/],
    ['a part that could count from 0 or from 1', ['36', '45'], /numbered 36 to 45/],
    ['five points for 68', numbers(0, 4), /numbered 0 to 4 do not count the 68 points/],
    ['194 points for 68', numbers(0, 193), /numbered 0 to 193/],
    ['neither the first from 0 nor the last from 1', numbers(1, 67), /numbered 1 to 67 do not count/],
    ['one too many', numbers(0, 68), /numbered 0 to 68/],
    ['other names', ['a', 'b'], /no point name occurs in scheme ibug-68: a, b/],
  ])('%s is an error', (_, names, message) => {
    expect(() => matchPoints(names, IBUG_68, { file: 'a.xml' })).toThrow(message)
  })

  test('option pointNames renames, and names what does not exist', () => {
    const options = { file: 'a.json', pointNames: { tip: 'nose' } }
    expect(matchPoints(['tip'], EYES, options).matches).toEqual([{ fileName: 'tip', schemePoint: 'nose' }])
    expect(() => matchPoints(['nose'], EYES, options)).toThrow(/the file has no point tip/)
    expect(() => matchPoints(['tip'], EYES, { file: 'a', pointNames: { tip: 'ear' } })).toThrow(/has no point ear/)
  })

  test('two names for one point are an error', () => {
    expect(() => matchPoints(['left eye', 'left_eye'], EYES, { file: 'a' })).toThrow(/both match left eye/)
    const scheme = { ...EYES, pointNames: ['4', '5'], flipPairs: [] }
    const options = { file: 'a', pointNames: { 6: '5' } }
    expect(() => matchPoints(['5', '6'], scheme, options)).toThrow(/points 5 and 6 both match 5/)
    expect(matchPoints(['5', '05'], scheme, { file: 'a' }).missing).toEqual(['4'])
  })
})

describe('inferFlipPairs', () => {
  test.each([
    [['left_eye', 'nose', 'right_eye'], [[0, 2]]],
    [['eyeL', 'eyeR'], [[0, 1]]],
    [
      ['L.eye', 'R.eye', 'L.ear', 'R.ear'],
      [
        [0, 1],
        [2, 3],
      ],
    ],
    [['mouth left', 'mouth right'], [[0, 1]]],
  ])('%j', (names, pairs) => {
    expect(inferFlipPairs(names)).toEqual({ flipPairs: pairs, warnings: [] })
  })

  test('of names that differ in case only, the first has the counterpart', () => {
    const { flipPairs, warnings } = inferFlipPairs(['left_eye', 'right_eye', 'Left_eye'])
    expect(flipPairs).toEqual([[0, 1]])
    expect(warnings).toEqual([expect.stringMatching(/no counterpart.*Left_eye/)])
  })

  test('warns of a side without its counterpart, and of names without sides', () => {
    expect(inferFlipPairs(['left eye', 'right ear', 'nose']).warnings[0]).toMatch(/no counterpart.*left eye, right ear/)
    expect(inferFlipPairs(['0', '1']).warnings[0]).toMatch(/nothing of left and right/)
  })
})

describe('inferScheme', () => {
  const base = { format: 'imglab' as const, images: [], warnings: [] }

  test('names what may be one point, also if it has a side', () => {
    const { scheme, warnings } = inferScheme({ ...base, pointNames: ['left_eye', 'right_eye', 'Left_eye'] })
    expect(scheme.flipPairs).toEqual([[0, 1]])
    expect(warnings.at(-1)).toMatch(/left_eye and Left_eye differ in case/)
  })

  test('sorts numbers as numbers', () => {
    expect(inferScheme({ ...base, pointNames: ['1', '10', '2'] }).scheme.pointNames).toEqual(['1', '2', '10'])
  })

  test("takes the file's flip pairs and lines along", () => {
    const { scheme, warnings } = inferScheme({
      ...base,
      pointNames: ['1', '0', '2'],
      flipPairs: [[0, 1]],
      edges: [
        [1, 0],
        [0, 2],
        [2, 1],
      ],
    })
    expect(scheme.flipPairs).toEqual([[1, 0]])
    expect(scheme.parts).toEqual([{ name: 'part 1', indices: [0, 1, 2], closed: true }])
    expect(warnings).toEqual([])
  })
})

test('edges and parts of IBUG_68 lead to each other', () => {
  const parts = partsFromEdges(listEdges(IBUG_68))
  expect(parts.map(({ indices, closed }) => ({ indices, closed }))).toEqual(
    IBUG_68.parts.filter(({ indices }) => indices.length > 1).map(({ indices, closed }) => ({ indices, closed })),
  )
})
