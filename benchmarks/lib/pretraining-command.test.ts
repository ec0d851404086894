import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { listPretrainingCommands } from './pretraining-command.ts'

test('lists a command for each size and number of epochs and faces, with the seeds of its trainings', () => {
  const row = { size: 64, epochs: 8, faces: 1104, synthetic: 2000, seed: 2 }
  const trainings = [
    { ...row, faces: 0, seed: 1 },
    { ...row, synthetic: 0, epochs: 22, seed: 1 },
    row,
    { ...row, seed: 1 },
    { ...row, size: 96 },
  ]
  expect(listPretrainingCommands(trainings)).toEqual([
    'pnpm bench:pretraining --size 64 --epochs 8 --faces 1104 --synthetic 2000 --seeds 1,2',
    'pnpm bench:pretraining --size 96 --epochs 8 --faces 1104 --synthetic 2000 --seeds 2',
  ])
})

test('the page names the commands that its rows came from', () => {
  const read = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')
  const { trainings } = JSON.parse(read('pretraining.json'))
  const commands = [...read('pretraining.md').matchAll(/`(pnpm bench:pretraining.*?)`/g)].map(([, command]) => command)
  expect(commands).toEqual(listPretrainingCommands(trainings))
})
