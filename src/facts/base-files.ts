// Dockerfiles whose image others build on or in, as their names tell: a base is as wide as its users need it.
import type { Build } from '../model/build.ts'
import { fact } from './fact.ts'
import { shippedStages } from './stages.ts'

const word = /(?:^|[-_.])(?:base|builder|build|buildenv|toolchain|sdk|jdk)(?:[-_.]|$)/

/** By the file's name, the folder it lies in or the name of a target that is not the last; or it says what the images built on it are to do. */
export const isBaseFile = fact((build: Build): boolean => {
  const { path, target, stages } = build
  if (shippedStages(build).some(({ instructions }) => instructions.some(({ keyword }) => keyword === 'ONBUILD'))) return true
  const [file = '', folder = ''] = path.toLowerCase().split('/').reverse()
  return word.test(file.replace(/dockerfile|containerfile/, '')) || /(?:^|[-_])(?:base|builder)(?:-images?)?$/.test(folder) || (target !== stages.at(-1) && word.test(target.name ?? ''))
})
