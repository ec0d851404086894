import { expect, jest, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import '../../register.ts'
import { getChannelBlock } from '../../runtime/channel-block.ts'
import { runtime } from '../../runtime/onnxruntime.ts'

// Asked before sessions are counted: it compiles one.
const hasBlocks = getChannelBlock('cpu') > 0
const sessions = jest.spyOn(runtime(), 'createSession')
/** Of each model compiled so far, whether it has convolutions over blocks of channels. */
const blocked = (): boolean[] => sessions.mock.calls.map(([model]) => Buffer.from(model).includes('ReorderInput'))

test.each([
  ['as they come', false],
  ['laid out by a step of training', true],
])(
  'convolutions run over blocks while their weights may change, not once they are constants; weights %s',
  async (_, isTrained) => {
    await tf.setBackend('onnx')
    const x = tf.randomUniform([1, 40, 40, 16], -1, 1, 'float32', 1)
    const filter = tf.variable(tf.randomUniform([3, 3, 16, 16], -1, 1, 'float32', 2))
    const convolved = (): tf.Tensor => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor as tf.Tensor4D, 1, 'same')
    if (isTrained) tf.train.sgd(0.1).minimize(() => tf.mean(convolved()), false, [filter])
    await filter.data()
    sessions.mockClear()
    for (let i = 0; i < 8; i++) {
      const result = convolved()
      await result.data()
      result.dispose()
    }
    expect(blocked()).toEqual([hasBlocks, false])
  },
)

test('few pixels or an odd number of channels: as they are', async () => {
  await tf.setBackend('onnx')
  sessions.mockClear()
  for (const [side, channels] of [
    [39, 16],
    [40, 12],
  ] as const) {
    const filter = tf.ones([3, 3, channels, 16]) as tf.Tensor4D
    await tf.conv2d(tf.ones([1, side, side, channels]) as tf.Tensor4D, filter, 1, 'same').data()
  }
  expect(blocked()).toEqual([false, false])
})
