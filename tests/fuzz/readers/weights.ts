import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type NamedTensor, readTensors, readWeights } from '@facekp/weights'
import { readWeightsFile } from '@facekp/weights/node'
import { assertValid, type FuzzReader } from '../fuzz-reader.ts'

const FIXTURES = new URL('../../../packages/weights/fixtures/', import.meta.url)
const fixtures = (...names: readonly string[]): Uint8Array[] =>
  names.map((name) => readFileSync(new URL(name, FIXTURES)))

const PICKLE_WORDS = [
  'ctorch._utils\n_rebuild_tensor_v2\n',
  'ctorch\nFloatStorage\n',
  'ccollections\nOrderedDict\n',
  'cos\nsystem\n',
  '(',
  'R',
  'q\0',
  'h\0',
  '\x88',
  '.',
]

function checkTensors(tensors: readonly NamedTensor[]): void {
  for (const { name, shape, data } of tensors) {
    const size = shape.reduce((product, side) => product * side, 1)
    assertValid(data.length === size, `${data.length} numbers for ${name} of shape ${shape}`)
  }
}

function createBytesReader(inputs: readonly Uint8Array[], words: readonly string[]): FuzzReader {
  return {
    inputs,
    words,
    read(bytes) {
      checkTensors(readTensors(bytes))
      checkTensors(readWeights(bytes).tensors)
    },
  }
}

export const safetensors: FuzzReader = createBytesReader(fixtures('tensors.safetensors'), [
  '"F32"',
  '"BF16"',
  '"dtype"',
  '"shape":[',
  '"data_offsets":[0,',
])
export const torchZip: FuzzReader = createBytesReader(
  fixtures('tensors.pth', 'deflated.pth', 'checkpoints/objects.pth', 'checkpoints/entries.pth', 'command.pth'),
  [...PICKLE_WORDS, 'PK\x01\x02', 'PK\x03\x04', 'PK\x05\x06', 'PK\x06\x06', 'PK\x06\x07', 'data.pkl'],
)
export const torchLegacy: FuzzReader = createBytesReader(
  fixtures('tensors-legacy.pth', 'checkpoints/objects-legacy.pth', 'command-legacy.pth'),
  PICKLE_WORDS,
)

const manifest = {
  weightsManifest: [
    {
      paths: ['a.bin', 'b.bin'],
      weights: [
        { name: 'conv/kernel', shape: [2, 3], dtype: 'float32' },
        { name: 'conv/bias', shape: [3], dtype: 'float32', quantization: { dtype: 'uint8', scale: 0.1, min: -1 } },
      ],
    },
  ],
}

/** Creates the reader of a JSON file that lists files beside it. */
function createListReader(file: string, json: object, files: Readonly<Record<string, Uint8Array>>): FuzzReader {
  return {
    inputs: [Buffer.from(JSON.stringify(json))],
    words: [...Object.keys(files), 'float16', 'uint16', 'int32', 'bool', 'string', 'complex64'],
    async read(bytes, folder) {
      for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
      writeFileSync(join(folder, file), bytes)
      checkTensors((await readWeightsFile(join(folder, file))).tensors)
    },
  }
}

export const tfjsManifest: FuzzReader = createListReader('model.json', manifest, {
  'a.bin': new Uint8Array(20).fill(1),
  'b.bin': new Uint8Array(7).fill(2),
})
const [single] = fixtures('tensors.safetensors') as [Uint8Array]
const names = readTensors(single).map(({ name }) => [name, 'a.safetensors'])
export const shardIndex: FuzzReader = createListReader(
  'model.safetensors.index.json',
  { metadata: { total_size: 1 }, weight_map: Object.fromEntries(names) },
  { 'a.safetensors': single },
)
