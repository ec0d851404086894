/**
 * Trains the most accurate keypoint networks for faces and measures them with intervals. Options: pnpm landmarks --help
 *
 * Choose settings with --holdout, which tests on faces taken out of the training part; look at the test faces once per recipe.
 * Leaves in its folder what part 3 does. loadLandmarker of @facekp/landmarker loads landmarker/, which finds the keypoints of photographs.
 */
import { join } from 'node:path'
import { describeBackends, releaseBackend, useBackend } from '@facekp/backend'
import { faceRecipesFor, selectRecipe } from '@facekp/recipes'
import * as run from '@facekp/recipes/node'
import * as z from 'zod'

const dataset = run.choiceOption(
  run.FACE_DATASETS,
  '300w',
  "300w (its protocol, tested on common), dlib (dlib's split), imm (people 1-32, tested on 33-40)",
)
const holdout = { schema: z.boolean().default(false), help: 'tests on a tenth of the training images or people' }

await run.runProgram(async () => {
  const options = run.parseCommandLine(process.argv.slice(2), {
    usage: 'pnpm landmarks: trains the most accurate keypoint networks for faces, and measures them',
    options: {
      dataset,
      ...run.recipeOption(['faces', 'faces-small'], 'faces'),
      ...run.trainOptions,
      ...run.longRunOptions,
      holdout,
    },
  })
  const recipe = selectRecipe(faceRecipesFor(options.dataset), options)
  const out = options.out ?? join('runs', `landmarks-${options.dataset}-${options.recipe}`)
  await run.checkRunDir(out, options)

  const crop = recipe.crop === 'leveled' ? undefined : recipe.cachedCrop
  const splits = await run.loadFaces(options.dataset, { data: options.data, crop })
  const faces = options.holdout ? run.holdOut(splits) : splits
  await useBackend(options.backend)
  console.log(describeBackends())
  console.log(`\n${faces.train.length} training and ${faces.test.length} test faces: ${faces.source}`)

  const { model } = await run.fit({
    ...options,
    ...faces,
    timeLimitMinutes: options.timeLimit,
    recipe,
    out,
    recipeName: options.recipe,
    title: `Landmarks: ${options.dataset}, ${options.recipe}`,
    validateEveryEpoch: options.holdout,
  })
  model.dispose()
  await releaseBackend()
})
