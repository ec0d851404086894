/**
 * Part 3 of the course: a network finds the 68 points of iBUG's faces in the wild. Options: pnpm part3 --help
 *
 * `fit` takes the steps of parts 1 and 2 in one call: it augments, defines the network, trains, measures and draws.
 *
 * Leaves in its folder: report.html (open it), summary.json, errors.json, submission.csv, history.jsonl, run.json, model/,
 * landmarker/, plots/, and checkpoints/, from which --resume continues.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describeBackends, releaseBackend, useBackend } from '@facekp/backend'
import { IBUG_68, toSourcePoints } from '@facekp/core'
import { formatSubmission } from '@facekp/data-ibug'
import { part3Recipes, selectRecipe } from '@facekp/recipes'
import * as run from '@facekp/recipes/node'
import * as z from 'zod'

const images = {
  schema: z.string().optional(),
  value: 'DIR',
  help: 'folder of your own images, with their boxes in boxes.csv',
}

await run.runProgram(async () => {
  const options = run.parseCommandLine(process.argv.slice(2), {
    usage: 'pnpm part3: trains a network on the 68 points of iBUG faces in the wild and writes a report',
    options: {
      ...run.recipeOption(['course', 'tuned'], 'tuned'),
      ...run.networkOptions,
      ...run.trainOptions,
      ...run.longRunOptions,
      images,
    },
  })
  const { seed, timeLimit: timeLimitMinutes } = options
  const recipe = selectRecipe(part3Recipes, options)
  const out = options.out ?? join('runs', `part3-${options.recipe}`)
  await run.checkRunDir(out, options)
  const ownImages = options.images === undefined ? undefined : await run.readImageFolder(options.images, IBUG_68)

  // Read: gray faces, cropped around their boxes; for leveled crops, whole images.
  const data = options.data ?? run.findIbug()
  const crop = recipe.crop === 'leveled' ? undefined : recipe.cachedCrop
  const { train, test } = await run.loadFaces('dlib', { data, crop })
  await useBackend(options.backend)
  console.log(describeBackends())
  console.log(`\n${train.length} training and ${test.length} test faces: ${data}`)

  // Augment, define the network, train, measure and draw.
  const settings = { title: 'Part 3: faces in the wild', recipeName: options.recipe, source: data, timeLimitMinutes }
  const plots: run.FitOptions['plots'] = async (model) =>
    ownImages ? [await run.predictImages(model, ownImages, recipe, { seed })] : []
  const { model, measurement } = await run.fit({ ...options, ...settings, recipe, train, test, out, plots })

  // The course's Kaggle file: keypoints in pixels of the original images.
  const keypoints = measurement.predictions.map(({ sample, points }) => toSourcePoints(sample, points))
  await writeFile(join(out, 'submission.csv'), formatSubmission(keypoints))
  model.dispose()
  await releaseBackend()
})
